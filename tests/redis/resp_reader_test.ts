// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { encodeCommand } from "../../redis/_resp_encode.ts";
import { RespReader } from "../../redis/_resp_reader.ts";

/** Each reply as it is sent and as it is read. */
const REPLIES: ReadonlyArray<readonly [bytes: string, value: unknown]> = [
  ["+OK\r\n", "OK"],
  ["+QUEUED\r\n", "QUEUED"],
  [":0\r\n", 0],
  [":-12345\r\n", -12345],
  ["$0\r\n\r\n", ""],
  ["$6\r\na\r\nb\r\n\r\n", "a\r\nb\r\n"],
  ["$10\r\ncafé 🎓\r\n", "café 🎓"],
  ["$-1\r\n", null],
  ["*-1\r\n", null],
  ["*0\r\n", []],
  ["*3\r\n$1\r\na\r\n$-1\r\n:7\r\n", ["a", null, 7]],
  [
    "*2\r\n$2\r\n17\r\n*3\r\n*1\r\n*0\r\n*2\r\n:1\r\n:2\r\n$1\r\nx\r\n",
    ["17", [[[]], [1, 2], "x"]],
  ],
  ["-WRONGTYPE no\r\n", { refused: "WRONGTYPE no" }],
  ["*2\r\n:1\r\n-ERR no\r\n", [1, { refused: "ERR no" }]],
  ["*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n", ["message", "c", "m"]],
];

/** What a subscriber is sent: messages, and replies between them. */
const SUBSCRIBED: typeof REPLIES = [
  [
    "*3\r\n$9\r\nsubscribe\r\n$4\r\nws:1\r\n:1\r\n",
    ["subscribe", "ws:1", 1],
  ],
  [
    "*3\r\n$7\r\nmessage\r\n$4\r\nws:1\r\n$8\r\n*3\r\n$7\r\n\r\n",
    { channel: "ws:1", message: "*3\r\n$7\r\n" },
  ],
  ["*2\r\n$4\r\npong\r\n$0\r\n\r\n", ["pong", ""]],
  [
    "*3\r\n$7\r\nmessage\r\n$5\r\nws:é\r\n$10\r\ncafé 🎓\r\n",
    { channel: "ws:é", message: "café 🎓" },
  ],
  [
    "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$0\r\n\r\n",
    { channel: "c", message: "" },
  ],
  [
    "*4\r\n$8\r\npmessage\r\n$4\r\nws:*\r\n$4\r\nws:1\r\n$2\r\nhi\r\n",
    { channel: "ws:1", message: "hi", pattern: "ws:*" },
  ],
  ["-NOPERM no\r\n", { refused: "NOPERM no" }],
  ["*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n", ["unsubscribe", null, 0]],
  ["*0\r\n", []],
];

for (
  const [name, replies, subscribed] of [
    ["replies", REPLIES, false],
    ["messages between replies", SUBSCRIBED, true],
  ] as const
) {
  const bytes = Buffer.from(replies.map(([sent]) => sent).join(""));
  const values = replies.map(([, value]) => value);

  Deno.test(`RespReader.read() gives ${name} in order`, () => {
    assertEquals(readAll([bytes], subscribed), values);
  });

  Deno.test(`RespReader.read() gives ${name} wherever the bytes are cut`, () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const halves = [bytes.subarray(0, cut), bytes.subarray(cut)];
      assertEquals(readAll(halves, subscribed), values);
    }
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    assertEquals(readAll(single, subscribed), values);
  });

  Deno.test(`RespReader.read() gives each of ${name} as soon as it is whole`, () => {
    for (const [sent, value] of replies) {
      const all = Buffer.from(sent);
      const last = all.length - 1;
      assertEquals(readAll([all.subarray(0, last)], subscribed), []);
      const two = [all.subarray(0, last), all.subarray(last)];
      assertEquals(readAll(two, subscribed), [value]);
    }
  });
}

Deno.test("RespReader.read() puts long texts together from their pieces", () => {
  const text = "é".repeat(500_000);
  const bulk = `$1000000\r\n${text}\r\n`;
  assertEquals(readAll(piecesOf(`*2\r\n${bulk}${bulk}`), false), [[
    text,
    text,
  ]]);
  const message = `*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n${bulk}`;
  assertEquals(readAll(piecesOf(message), true), [
    { channel: "c", message: text },
  ]);
});

Deno.test("RespReader.read() refuses what is not RESP2", () => {
  const wrong = [
    ...["HTTP/1.1 400 Bad\r\n", ">1\r\n", "*3\r\n$x\r\n", "$1x\r\n"],
    ...[":abc\r\n", ":\r\n", "$\r\n\r\n", "*\r\n", "$-5\r\n"],
  ];
  for (const sent of wrong) {
    assertThrows(
      () => readAll([Buffer.from(sent)], false),
      Error,
      "Redis has sent",
    );
  }
});

Deno.test("encodeCommand() counts bytes, and the reader reads what it wrote", () => {
  const long = "z".repeat(100) + "é";
  const args = ["", "key", "å😀", "\ud800", long, "\r\n"];
  assertEquals(
    encodeCommand("SET", args.slice(0, 3)),
    "*4\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\nkey\r\n$6\r\nå😀\r\n",
  );
  const [command] = readAll([Buffer.from(encodeCommand("SET", args))], false);
  // Half of a surrogate pair has no form in UTF-8.
  assertEquals(command, ["SET", "", "key", "å😀", "\ufffd", long, "\r\n"]);
});

function piecesOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_537) {
    pieces.push(bytes.subarray(at, at + 65_537));
  }
  assert(pieces.length > 10);
  return pieces;
}

class Refusal extends Error {
  readonly refused: string;

  constructor(answer: string) {
    super(answer);
    this.refused = answer;
  }
}

function readAll(chunks: readonly Buffer[], subscribed: boolean): unknown[] {
  const seen: unknown[] = [];
  const reader = new RespReader({
    onMessage: subscribed
      ? (channel, message, pattern) =>
        seen.push({ channel, message, ...(pattern && { pattern }) })
      : null,
    onReply: (reply) => seen.push(plain(reply)),
    createError: (answer) => new Refusal(answer),
  });
  for (const chunk of chunks) reader.read(chunk);
  return seen;
}

function plain(reply: unknown): unknown {
  if (reply instanceof Refusal) return { refused: reply.refused };
  return Array.isArray(reply) ? reply.map(plain) : reply;
}
