// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { createServiceLogger, LineHandler } from "../../logging/mod.ts";
import { capture, shown } from "./_capture.ts";

const MAX_LINE = 400_000;

Deno.test("Logger.info() takes a small structure that is shared many times for what it is written as", () => {
  const { logger, raw, last } = capture();
  let shared: unknown = null;
  for (let i = 0; i < 7; i++) shared = Array(300).fill(shared);
  logger.info("m", { shared });
  assertEquals(last()["message"], "m");
  assert(raw[0]!.length < MAX_LINE);
});

Deno.test("Logger.info() counts what hardly shows", () => {
  const { logger, raw, last } = capture();
  const nested = (leaf: unknown) =>
    Array.from({ length: 1_000 }, () => Array(1_000).fill(leaf));
  for (const leaf of [null, undefined, {}, []]) {
    logger.info("m", { nested: nested(leaf) });
    assertEquals(last()["message"], "m");
    assert(raw.at(-1)!.length < MAX_LINE);
  }
});

Deno.test("Logger.info() writes a part of very many fields, also of a child's", () => {
  const { logger, raw, last } = capture();
  const many = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, i) => [`name_${i}`, i]),
  );
  logger.info("m", many);
  assertEquals(last()["[truncated]"], "99000 more");
  logger.child(many).info("m");
  assertEquals(last()["[truncated]"], "99000 more");
  assert(raw.every((line) => line.length < MAX_LINE));
});

Deno.test("Logger.info() asks what says itself what is to be written of it", () => {
  const { logger, last } = capture();
  class User {
    readonly ssn = "121212-1212";
    toJSON(): unknown {
      return { name: "Ada" };
    }
  }
  logger.info("m", new User() as never);
  assertEquals(last()["fields"], { name: "Ada" });
  logger.info("m", new URL("http://essays/a") as never);
  assertEquals(last()["fields"], "http://essays/a");
  logger.info("m", new Uint8Array(200_000) as never);
  assertFalse(JSON.stringify(last()).includes("0,0"));
});

Deno.test("loggers go on after the stack was full", () => {
  const { logger, lines } = capture();
  const other = capture();
  const recurse = (d: unknown): void => {
    logger.info("deep", { d });
    recurse(d);
  };
  const walk = (depth: number): void =>
    depth > 0 ? walk(depth - 1) : recurse(0);
  for (let i = 0; i < 50; i++) {
    try {
      walk(i);
    } catch {
      // The stack is full.
    }
  }
  assert(lines().length > 0);
  other.logger.info("still here");
  assertEquals(other.last()["message"], "still here");
});

Deno.test("a clock that throws costs no line", () => {
  const raw: string[] = [];
  const logger = createServiceLogger("essays", {
    handlers: [new LineHandler({ sink: (line) => raw.push(line) })],
    clock: {
      now: () => {
        throw new Error("no time");
      },
    },
  });
  logger.info("m");
  assertEquals(JSON.parse(raw[0]!).message, "m");
});

Deno.test("Logger.error() takes an error for a message", () => {
  const { logger, last } = capture();
  logger.error(new TypeError("no") as never);
  const { message, error } = last() as Record<string, Record<string, unknown>>;
  assertEquals(message as unknown, "no");
  assertEquals(error!["name"], "TypeError");
});

Deno.test("Logger.info() counts what it redacts", () => {
  const { logger, raw } = capture();
  const secrets = Object.fromEntries(
    Array.from({ length: 900 }, (_, i) => [`token_${i}_token`, "x"]),
  );
  logger.info("m", { list: Array(900).fill(secrets) });
  assert(raw[0]!.length < MAX_LINE);
});

Deno.test("Logger.info() redacts keys that have a form of their own", () => {
  const keys = [
    `ghp_${"a1".repeat(18)}`,
    "AKIAIOSFODNN7EXAMPLE",
    `sk_live_${"4e".repeat(12)}`,
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
  ];
  for (const key of keys) {
    assertEquals(shown(`it is ${key} !`), "it is [redacted] !");
  }
});

Deno.test("Logger.info() takes a word with a digit after a secret name for the secret", () => {
  assertEquals(shown("password: hunter2"), "password: [redacted]");
  assertEquals(shown("X-Auth-Token: abc123"), "X-Auth-Token: [redacted]");
  assertEquals(shown("password := hunter2"), "password := [redacted]");
  assertEquals(shown("DB_PASS=hunter"), "DB_PASS=[redacted]");
});

Deno.test("Logger.info() follows paths through keys that are no texts", () => {
  const { logger, raw } = capture({ redactPaths: ["pupils.*.email"] });
  logger.info("m", { pupils: new Map([[1, { email: "a@b.se" }]]) });
  assertFalse(raw[0]!.includes("a@b.se"));
});
