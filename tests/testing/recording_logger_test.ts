// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { withContext } from "../../events/context.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";

Deno.test("RecordingLogger keeps level, message and fields of each line", () => {
  const logger = new RecordingLogger();
  logger.debug("a");
  logger.info("b", { n: 1 });
  logger.warn("c");
  logger.error("d");
  logger.critical("e", { n: 2 });
  assertEquals(logger.lines, [
    { level: "debug", message: "a", fields: {} },
    { level: "info", message: "b", fields: { n: 1 } },
    { level: "warn", message: "c", fields: {} },
    { level: "error", message: "d", fields: {} },
    { level: "critical", message: "e", fields: { n: 2 } },
  ]);
});

Deno.test("RecordingLogger.child() records at its parent, with more fields", () => {
  const logger = new RecordingLogger();
  const child = logger.child({ a: 1, b: 1 }).child({ b: 2, c: 2 });
  child.info("x", { c: 3 });
  assertEquals(logger.lines, [
    { level: "info", message: "x", fields: { a: 1, b: 2, c: 3 } },
  ]);
  assertEquals(child.lines, logger.lines);
});

Deno.test("RecordingLogger puts the current context on its lines", () => {
  const logger = new RecordingLogger();
  withContext({ correlationId: "c-1", eventId: "e-1" }, () => {
    logger.child({ eventId: "e-2" }).info("x");
  });
  logger.info("y");
  assertEquals(logger.lines.map(({ fields }) => fields), [
    { correlationId: "c-1", eventId: "e-2" },
    {},
  ]);
});

Deno.test("RecordingLogger keeps fields as they were at the call", () => {
  const logger = new RecordingLogger();
  const fields = { n: 1 };
  logger.info("x", fields);
  fields.n = 2;
  assertEquals(logger.find()?.fields, { n: 1 });
});

Deno.test("RecordingLogger does not throw when a field does", () => {
  const logger = new RecordingLogger();
  logger.info("x", {
    get bad(): never {
      throw new TypeError("no");
    },
  });
  assertInstanceOf(logger.find()?.fields["bad"], TypeError);
});

Deno.test("RecordingLogger.find() answers the first line that has it all", () => {
  const logger = new RecordingLogger();
  logger.info("Event is queued", { n: 1 });
  logger.warn("Event is queued", { n: 1 });
  logger.warn("Event is queued", { n: 2 });
  const query = {
    level: "warn",
    message: /queued$/,
    fields: { n: 2 },
  } as const;
  assertEquals(logger.find(query), logger.lines[2]);
  assertEquals(logger.find({ message: "Event is queued" }), logger.lines[0]);
  assertEquals(logger.find({ message: "Event is" }), undefined);
  assertEquals(logger.find({ fields: { n: 3 } }), undefined);
});

Deno.test("RecordingLogger.take() removes what it answers", () => {
  const logger = new RecordingLogger();
  const child = logger.child({});
  logger.info("a");
  child.warn("b");
  assertEquals(logger.take({ level: "warn" }).map((l) => l.message), ["b"]);
  assertEquals(child.lines.map((line) => line.message), ["a"]);
  child.info("c");
  assertEquals(logger.take().map((line) => line.message), ["a", "c"]);
  assertEquals(child.lines, []);
});

Deno.test("RecordingLogger has methods that may be handed on by themselves", async () => {
  const logger = new RecordingLogger();
  const { info, child } = logger.child({ n: 1 });
  info("a");
  child({ n: 2 }).warn("b");
  await Promise.reject("c").catch(logger.error);
  assertEquals(
    logger.lines.map(({ level, message, fields }) => [level, message, fields]),
    [["info", "a", { n: 1 }], ["warn", "b", { n: 2 }], ["error", "c", {}]],
  );
});
