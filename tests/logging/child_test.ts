// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { configureLogging, createServiceLogger } from "../../logging/mod.ts";
import { capture, parseLine } from "./_capture.ts";

Deno.test("Logger.child() adds to the fields of its parent and leaves it alone", () => {
  const { logger, last } = capture();
  const child = logger.child({ a: 1, b: 1 });
  const grandchild = child.child({ b: 2 });

  grandchild.info("Hello");
  assertEquals([last()["a"], last()["b"]], [1, 2]);
  child.info("Hello");
  assertEquals([last()["a"], last()["b"]], [1, 1]);
  logger.info("Hello");
  assertEquals("a" in last(), false);
});

Deno.test("Logger.child() reads its fields when it is called", () => {
  const { logger, last } = capture();
  const fields = { step: 1 };
  const child = logger.child(fields);
  fields.step = 2;
  child.info("Hello");
  assertEquals(last()["step"], 1);
});

Deno.test("Logger.child() reads what is in its fields when it is called", () => {
  const { logger, last } = capture();
  const job = { step: 1, tags: ["new"] };
  const child = logger.child({ job });
  job.step = 2;
  job.tags.push("late");
  child.info("Hello");
  assertEquals(last()["job"], { step: 1, tags: ["new"] });
  child.child({ more: 1 }).info("Hello");
  assertEquals(last()["job"], { step: 1, tags: ["new"] });
});

Deno.test("Logger.child() keeps each field in its first place", () => {
  const { logger, last } = capture();
  const child = logger.child({ a: 1, b: 1 }).child({
    c: 1,
    a: 2,
    message: "m",
  });
  child.info("Hello");
  assertEquals(Object.keys(last()).slice(4), ["a", "b", "c", "fields.message"]);
  assertEquals(last()["a"], 2);
});

Deno.test("Logger.child() made before configureLogging() redacts as it says", () => {
  const lines: string[] = [];
  const logger = createServiceLogger("essays").child({ user: { email: "e" } });
  configureLogging({
    redactPaths: ["user.email"],
    handlers: [{ handle: (record) => lines.push(JSON.stringify(record.args)) }],
  });
  logger.info("Hello");
  configureLogging({});
  assertEquals(
    parseLine(lines[0]!),
    [{ user: { email: "[redacted]" } }] as never,
  );
});
