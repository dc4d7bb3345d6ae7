// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { withContext } from "../../events/mod.ts";
import { createServiceLogger, type Logger } from "../../logging/mod.ts";
import { capture } from "./_capture.ts";

Deno.test("createServiceLogger() writes a line in the documented order", () => {
  const { logger, raw } = capture({
    module: "grading",
    clock: { now: () => Date.UTC(2026, 10, 23, 4, 54, 36, 42) },
  });

  withContext({ correlationId: "c1" }, () => {
    logger.child({ batch_id: "b1" }).info("Graded", { count: 3 });
  });

  assertEquals(raw, [
    '{"timestamp":"2026-11-23T04:54:36.042Z","level":"info",' +
    '"service":"essays","module":"grading","message":"Graded",' +
    '"correlation_id":"c1","batch_id":"b1","count":3}',
  ]);
});

Deno.test("createServiceLogger() takes the service for the module by default", () => {
  const { logger, last } = capture();
  logger.info("Hello");
  assertEquals(last(), {
    level: "info",
    service: "essays",
    module: "essays",
    message: "Hello",
  });
});

Deno.test("createServiceLogger() spells the levels as the Python services do", () => {
  const { logger, lines } = capture();
  logger.debug("1");
  logger.info("2");
  logger.warn("3");
  logger.error("4");
  logger.critical("5");
  assertEquals(
    lines().map((line) => line["level"]),
    ["debug", "info", "warning", "error", "critical"],
  );
});

Deno.test("createServiceLogger() writes nothing below its level", () => {
  for (const level of ["warn", "warning"] as const) {
    const { logger, lines } = capture({ level });
    logger.debug("no");
    logger.info("no");
    logger.warn("yes");
    logger.error("yes");
    assertEquals(lines().length, 2);
  }
});

Deno.test("createServiceLogger() does not read fields below its level", () => {
  const { logger } = capture({ level: "error" });
  let isRead = false;
  logger.info("no", {
    get costly() {
      isRead = true;
      return 1;
    },
  });
  assertEquals(isRead, false);
});

Deno.test("createServiceLogger() writes every millisecond right", () => {
  let now = 0;
  const { logger, lines } = capture({ clock: { now: () => now } });
  const times = [0, 1, 9, 10, 99, 100, 999, 1000, 1764000000007, -1, 0.7];
  for (now of times) logger.info("Tick");
  assertEquals(
    lines().map((line) => line["timestamp"]),
    times.map((time) => new Date(Math.floor(time)).toISOString()),
  );
});

Deno.test("createServiceLogger() survives a clock that is out of order", () => {
  for (const time of [NaN, 5n, "now", undefined]) {
    const { logger, lines } = capture({ clock: { now: () => time as number } });
    logger.info("Tick");
    const told = Date.parse(String(lines()[0]?.["timestamp"]));
    assertEquals(Number.isNaN(told), false);
  }
});

Deno.test("createServiceLogger() renames fields that clash with the line's own", () => {
  const { logger, last } = capture();
  const clash = {
    message: "m",
    level: "l",
    service: "s",
    module: "o",
    timestamp: "t",
  };
  const expected = {
    level: "info",
    service: "essays",
    module: "essays",
    message: "Hello",
    "fields.message": "m",
    "fields.level": "l",
    "fields.service": "s",
    "fields.module": "o",
    "fields.timestamp": "t",
  };

  logger.info("Hello", clash);
  assertEquals(last(), expected);
  logger.child(clash).info("Hello");
  assertEquals(last(), expected);
  withContext(clash, () => logger.info("Hello"));
  assertEquals(last(), expected);
});

Deno.test("createServiceLogger() loses no field when a new name clashes too", () => {
  const { logger, last } = capture();
  logger.info("Hello", { message: "a", "fields.message": "b" });
  assertEquals(last()["fields.message"], "b");
  assertEquals(last()["fields.fields.message"], "a");
});

Deno.test("createServiceLogger() lets the later field of a name count, once", () => {
  const { logger, raw, last } = capture();
  const child = logger.child({ a: "child", b: "child" });
  withContext({ a: "context", b: "context", c: "context" }, () => {
    child.info("Hello", { a: "call" });
  });
  assertEquals([last()["a"], last()["b"], last()["c"]], [
    "call",
    "child",
    "context",
  ]);
  assertEquals(raw[0]?.match(/"a":/g)?.length, 1);
  assertEquals(raw[0]?.match(/"b":/g)?.length, 1);
});

Deno.test("createServiceLogger() writes a name once when only the call repeats it", () => {
  const { logger, raw, last } = capture();
  logger.child({ a: "child", b: 1 }).info("Hello", { a: "call" });
  assertEquals([last()["a"], last()["b"]], ["call", 1]);
  assertEquals(raw[0]?.match(/"a":/g)?.length, 1);
});

Deno.test("createServiceLogger() keeps a field that a call leaves undefined", () => {
  const { logger, last } = capture();
  logger.child({ user: "u1" }).info("Hello", { user: undefined });
  assertEquals(last()["user"], "u1");
});

Deno.test("createServiceLogger() accepts what callers without types pass", () => {
  const { logger, last } = capture();
  const untyped = logger as unknown as {
    info(message: unknown, fields?: unknown): void;
    child(fields: unknown): Logger;
  };

  untyped.info("Failed", new TypeError("boom"));
  assertEquals((last()["error"] as Error).message, "boom");
  untyped.info("List", [1, 2]);
  assertEquals(last()["fields"], [1, 2]);
  untyped.info("Text", "x");
  assertEquals(last()["fields"], "x");
  untyped.info("None", null);
  assertEquals(last()["message"], "None");
  untyped.info(undefined);
  assertEquals(last()["message"], "undefined");
  untyped.info({ a: 1 });
  assertEquals(last()["message"], '{"a":1}');
  untyped.info(10n);
  assertEquals(last()["message"], "10");
  untyped.child(null).info("Child");
  assertEquals(last()["message"], "Child");
});

Deno.test("createServiceLogger() names the option that is wrong", () => {
  assertThrows(
    () => createServiceLogger(""),
    TypeError,
    'Cannot create logger: "service" must be a string that is not empty, received ""',
  );
  assertThrows(
    () => createServiceLogger("essays", { module: 5 as unknown as string }),
    TypeError,
    '"module" must be a string that is not empty, received number',
  );
  assertThrows(
    () => createServiceLogger("essays", { level: "loud" as "info" }),
    RangeError,
    '"level" must be "debug", "info", "warning", "error" or "critical", received "loud"',
  );
  assertThrows(
    () => createServiceLogger("essays", { format: "xml" as "json" }),
    RangeError,
    '"format" must be "json" or "console", received "xml"',
  );
  assertThrows(
    () => createServiceLogger("essays", { handlers: [{} as never] }),
    TypeError,
    '"handlers" must be a list of objects with a method "handle"',
  );
  assertThrows(
    () => createServiceLogger("essays", { isSecretKey: "no" as never }),
    TypeError,
    '"isSecretKey" must be a function, received "no"',
  );
});
