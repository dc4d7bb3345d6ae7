// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { withContext } from "../../events/mod.ts";
import {
  configureLogging,
  createServiceLogger,
  LineHandler,
  type LogRecord,
} from "../../logging/mod.ts";
import { capture } from "./_capture.ts";

const REDACTED = "[redacted]";

Deno.test("redactPaths redact one field and no other of its name", () => {
  const { logger, last } = capture({ redactPaths: ["user.email", "pupil"] });
  logger.info("Hello", {
    email: "shown",
    user: { email: "hidden", name: "Ada", deep: { email: "shown" } },
    pupil: { name: "hidden" },
  });
  const { user, pupil, email } = last();
  assertEquals(user, {
    email: REDACTED,
    name: "Ada",
    deep: { email: "shown" },
  });
  assertEquals([pupil, email], [REDACTED, "shown"]);
});

Deno.test("redactPaths take a star for any name or index", () => {
  const { logger, last } = capture({ redactPaths: ["pupils.*.ssn", "*.pin"] });
  logger.info("Hello", {
    pupils: [{ ssn: 1, name: "Ada" }, { ssn: 2 }],
    byName: new Map([["pin", 1234]]),
    headers: { pin: undefined, other: 1 },
  });
  assertEquals(last()["pupils"], [
    { ssn: REDACTED, name: "Ada" },
    { ssn: REDACTED },
  ]);
  assertEquals(last()["byName"], { pin: REDACTED });
  assertEquals(last()["headers"], { other: 1 });
});

Deno.test("redactPaths hold for context, bound fields, errors and toJSON", () => {
  const { logger, raw } = capture({
    redactPaths: ["user.email", "error.config.url", "error.cause.message"],
  });
  const user = { toJSON: () => ({ email: "planted" }) };
  const error = Object.assign(
    new Error("shown", { cause: new TypeError("planted") }),
    { config: { url: "planted" } },
  );
  (error.cause as Error).stack = "TypeError";
  withContext({ user }, () => logger.info("Context"));
  logger.child({ user }).info("Bound");
  logger.error("Failed", { error });
  for (const line of raw) assert(!line.includes("planted"), line);
  assert(raw[2]?.includes("shown"));
});

Deno.test("configureLogging() takes paths too, and refuses what is none", () => {
  const records: LogRecord[] = [];
  configureLogging({
    redactPaths: ["a.b"],
    handlers: [{ handle: (record) => void records.push(record) }],
  });
  createServiceLogger("essays").info("Hello", { a: { b: 1 } });
  configureLogging({});
  assertEquals(records[0]?.args, [{ a: { b: REDACTED } }]);
  const wrong = ["", "a..b", ".a", "a.", "$.a", "$[0]", "a[b]", "a[", 'a["b'];
  for (const path of [...wrong, "a.[0]b", "a[-1]", "a.b[]", 5 as never]) {
    assertThrows(
      () => configureLogging({ redactPaths: ["fine", path] }),
      TypeError,
      '"redactPaths" must be a list of paths such as user.email, ' +
        'items[0].name or a["b.c"], received a list with ' +
        (typeof path === "string" ? JSON.stringify(path) : "number"),
    );
  }
});

Deno.test("LogHandler finds no secret anywhere in a record", () => {
  const records: LogRecord[] = [];
  const logger = createServiceLogger("essays", {
    handlers: [{ handle: (record) => void records.push(record) }],
  });
  logger.info("at redis://app:planted@cache", {
    password: "planted",
    note: "password=planted",
  });
  const [record] = records;
  const seen = JSON.stringify(record) + JSON.stringify({ ...record });
  assert(!seen.includes("planted"), seen);
  assert(seen.includes("redis://app:[redacted]@cache"));
  assertEquals(Object.keys(record ?? {}), []);
});

Deno.test("redactPaths name indexes, and names with dots, in brackets", () => {
  const { logger, last } = capture({
    redactPaths: ["a[0].b", "c[*].d", 'e["f.g"]', "['h \\'i']", '["$"].x'],
  });
  logger.info("Hello", {
    a: [{ b: 1 }, { b: 1 }],
    c: [{ d: 1 }, { d: 1 }],
    e: { "f.g": 1, f: { g: 1 } },
    "h 'i": 1,
    $: { x: 1 },
  });
  const { a, c, e, $, ...rest } = last();
  assertEquals(a, [{ b: REDACTED }, { b: 1 }]);
  assertEquals(c, [{ d: REDACTED }, { d: REDACTED }]);
  assertEquals(e, { "f.g": REDACTED, f: { g: 1 } });
  assertEquals([$, rest["h 'i"]], [{ x: REDACTED }, REDACTED]);
});

Deno.test("redactPaths leave the message of an error out of its stack", () => {
  const { logger, raw, last } = capture({
    redactPaths: ["error.message", "error.cause.message"],
  });
  const error = new RangeError("planted one\n    at planted two", {
    cause: new Error("planted three"),
  });
  const changed = new Error("planted four");
  changed.message = "planted five";
  logger.error("Failed", { error });
  const { name, message, stack } = last()["error"] as Error;
  assertEquals([name, message], ["RangeError", REDACTED]);
  assertMatch(stack!, /^RangeError: \[redacted\]\n {4}at .*redact_paths_test/);
  logger.error("Failed", { error: changed });
  logger.error(error as never);
  assertEquals(last()["message"], REDACTED);
  logger.error("Failed", error as never);
  assertEquals(raw.filter((line) => line.includes("planted")), []);
});

Deno.test("redactPaths hold in lines for people and with Python's names too", () => {
  const error = new Error("planted");
  const lines: string[] = [];
  const sink = (line: string) => void lines.push(line);
  const logger = createServiceLogger("essays", {
    redactPaths: ["error.message"],
    handlers: [
      new LineHandler({ sink, format: "console" }),
      new LineHandler({ sink, fieldNames: "python" }),
    ],
  });
  logger.error("Failed", { error });
  assertEquals(lines.length, 2);
  for (const line of lines) {
    assert(line.includes("Error: [redacted]"), line);
    assert(!line.includes("planted"), line);
  }
});
