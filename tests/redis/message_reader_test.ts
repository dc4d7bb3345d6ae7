// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { MessageReader } from "../../redis/_message_reader.ts";

const SUBSCRIBED = "*3\r\n$9\r\nsubscribe\r\n$4\r\nws:1\r\n:1\r\n";
const PONG = "*2\r\n$4\r\npong\r\n$0\r\n\r\n";
const MESSAGE = "*3\r\n$7\r\nmessage\r\n$4\r\nws:1\r\n$7\r\n*3\r\n$7\r\r\n";
const ACCENTS = "*3\r\n$7\r\nmessage\r\n$5\r\nws:é\r\n$10\r\ncafé 🎓\r\n";
const EMPTY = "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$0\r\n\r\n";
const PATTERN =
  "*4\r\n$8\r\npmessage\r\n$4\r\nws:*\r\n$4\r\nws:1\r\n$2\r\nhi\r\n";
const REFUSED = "-NOPERM this user has no permissions\r\n";
const LEFT = "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n";

const STREAM = Buffer.from(
  [
    SUBSCRIBED,
    MESSAGE,
    PONG,
    ACCENTS,
    EMPTY,
    "+PONG\r\n",
    PATTERN,
    REFUSED,
    LEFT,
  ]
    .join(""),
);
const SEEN: Seen[] = [
  SUBSCRIBED,
  ["ws:1", "*3\r\n$7\r", undefined],
  PONG,
  ["ws:é", "café 🎓", undefined],
  ["c", "", undefined],
  "+PONG\r\n",
  ["ws:1", "hi", "ws:*"],
  REFUSED,
  LEFT,
];

Deno.test("MessageReader.read() takes messages out, and hands the rest on in order", () => {
  assertEquals(readAll([STREAM]), SEEN);
});

Deno.test("MessageReader.read() finds the same wherever the bytes are cut", () => {
  for (let cut = 1; cut < STREAM.length; cut++) {
    assertEquals(
      readAll([STREAM.subarray(0, cut), STREAM.subarray(cut)]),
      SEEN,
    );
  }
});

Deno.test("MessageReader.read() finds the same in single bytes", () => {
  const bytes = Array.from(STREAM, (_, at) => STREAM.subarray(at, at + 1));
  assertEquals(readAll(bytes), SEEN);
});

Deno.test("MessageReader.read() puts a long message together from its pieces", () => {
  const text = "é".repeat(500_000);
  const message = Buffer.from(
    `*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1000000\r\n${text}\r\n`,
  );
  const pieces: Buffer[] = [];
  for (let at = 0; at < message.length; at += 65_537) {
    pieces.push(message.subarray(at, at + 65_537));
  }
  assertEquals(readAll(pieces), [["c", text, undefined]]);
});

Deno.test("MessageReader.read() refuses what is not RESP2", () => {
  for (const bytes of ["HTTP/1.1 400 Bad Request\r\n", "*3\r\n$x\r\n"]) {
    assertThrows(() => readAll([Buffer.from(bytes)]), Error, "reply of Redis");
  }
});

type Seen =
  | string
  | readonly [channel: string, message: string, pattern?: string | undefined];

function readAll(chunks: readonly Buffer[]): Seen[] {
  const seen: Seen[] = [];
  const reader = new MessageReader(
    (channel, message, pattern) => seen.push([channel, message, pattern]),
    (reply) => seen.push(reply.toString()),
  );
  for (const chunk of chunks) reader.read(chunk);
  return seen;
}
