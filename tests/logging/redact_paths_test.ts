// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { withContext } from "../../events/mod.ts";
import {
  configureLogging,
  createServiceLogger,
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
  for (const path of ["", "a..b", ".a"]) {
    assertThrows(
      () => configureLogging({ redactPaths: [path] }),
      TypeError,
      '"redactPaths" must be a list of names apart by dots',
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
