// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import { stderr } from "../../logging/_report_failure.ts";
import {
  createServiceLogger,
  FileHandler,
  LineHandler,
  type LineHandlerOptions,
  type Logger,
  type LogHandler,
  type LogRecord,
  SamplingHandler,
} from "../../logging/mod.ts";

function consoleLogger(
  options: LineHandlerOptions = {},
): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const handler = new LineHandler({
    format: "console",
    sink: (line) => lines.push(line),
    ...options,
  });
  const logger = createServiceLogger("essays", {
    module: "grading",
    handlers: [handler],
    clock: { now: () => 0 },
  });
  return { logger, lines };
}

Deno.test("LineHandler writes text for people", () => {
  const { logger, lines } = consoleLogger();
  logger.warn("Slow call", { ms: 12.5, path: "/a b", tag: "x", list: [1] });
  assertEquals(lines, [
    "1970-01-01 00:00:00.000Z warning  [essays.grading] Slow call " +
    'ms=12.5 path="/a b" tag=x list=[1]',
  ]);
});

Deno.test("LineHandler writes the stacks of errors in lines of their own", () => {
  const { logger, lines } = consoleLogger();
  const error = new Error("outer", { cause: new Error("inner") });
  logger.error("Failed", { error });
  const [first, ...rest] = lines[0]!.split("\n");
  assertStringIncludes(
    first!,
    'Failed error={"name":"Error","message":"outer","cause":{"name":"Error","message":"inner"}}',
  );
  assertStringIncludes(rest.join("\n"), "    Error: outer\n");
  assertStringIncludes(rest.join("\n"), "    Caused by: Error: inner\n");
});

Deno.test("LineHandler writes the stacks of errors in lists and in each other", () => {
  const { logger, lines } = consoleLogger();
  const error = new AggregateError([new Error("one"), new Error("two")], "all");
  logger.error("Failed", { error, tried: [new Error("three")] });
  const [first, ...rest] = lines[0]!.split("\n");
  assertEquals(first!.includes("stack"), false);
  const below = rest.join("\n");
  assertStringIncludes(below, "    AggregateError: all\n");
  assertStringIncludes(below, "    error.errors.0: Error: one\n");
  assertStringIncludes(below, "    error.errors.1: Error: two\n");
  assertStringIncludes(below, "    tried.0: Error: three\n");
});

Deno.test("LineHandler leaves a field alone that only has a stack, and backslashes", () => {
  const { logger, lines } = consoleLogger();
  logger.info("In C:\\temp", { used: { stack: "deno", n: 1 }, at: "C:\\x" });
  assertEquals(lines[0]!.split("\n").length, 1);
  assertStringIncludes(
    lines[0]!,
    'In C:\\temp used={"stack":"deno","n":1} at=C:\\x',
  );
});

Deno.test("LineHandler lets no value control the terminal or forge a line", () => {
  const { logger, lines } = consoleLogger();
  const evil = "a\n\u001b[2J\u009b2J\u2028b";
  const error = new Error(evil);
  error.stack = `Error: ${evil}`;
  logger.info(evil, { [evil]: evil, nested: { [evil]: evil }, error });
  assertEquals(
    // deno-lint-ignore no-control-regex -- these are what a terminal acts on.
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/.test(lines[0]!),
    false,
  );
  assertEquals(
    lines[0]!.split("\n").slice(1).every((l) => l.startsWith("    ")),
    true,
  );
});

Deno.test("LineHandler colours only when it is told to", () => {
  const { logger, lines } = consoleLogger({ colors: true });
  logger.error("Failed", { a: 1 });
  assertStringIncludes(lines[0]!, "\u001b[31merror   \u001b[0m");

  const plain = consoleLogger();
  plain.logger.error("Failed", { a: 1 });
  assert(!plain.lines[0]!.includes("\u001b"));
});

Deno.test("LineHandler redacts in text for people too", () => {
  const { logger, lines } = consoleLogger();
  logger.info("url=redis://:hunter2@cache", { password: "hunter2" });
  assert(!lines[0]!.includes("hunter2"));
});

Deno.test("LineHandler handles nothing below its level", () => {
  const { logger, lines } = consoleLogger({ level: "error" });
  logger.warn("no");
  logger.error("yes");
  assertEquals(lines.length, 1);
});

Deno.test("LineHandler names the option that is wrong", () => {
  assertThrows(
    () => new LineHandler({ level: "" as "info" }),
    RangeError,
    "Cannot create line handler",
  );
  assertThrows(
    () => new LineHandler({ format: "text" as "json" }),
    RangeError,
    'received "text"',
  );
});

Deno.test("LineHandler reports on stderr, once, that its sink fails", () => {
  using reports = stub(stderr, "write", () => {});
  const handler = new LineHandler({
    sink() {
      throw new Error("disk full");
    },
  });
  const logger = createServiceLogger("essays", { handlers: [handler] });
  logger.info("a");
  logger.info("b");
  assertEquals(reports.calls.length, 1);
  const report = JSON.parse(reports.calls[0]!.args[0]);
  assertEquals([report.service, report.error.message], ["essays", "disk full"]);
});

Deno.test("LineHandler counts lost lines before the next one that gets through", () => {
  using _ = stub(stderr, "write", () => {});
  const lines: string[] = [];
  let isFull = true;
  const handler = new LineHandler({
    sink(line) {
      if (isFull) throw new Error("full");
      lines.push(line);
    },
  });
  const logger = createServiceLogger("essays", { handlers: [handler] });
  for (let n = 0; n < 3; n++) logger.info("Lost");
  isFull = false;
  for (let n = 0; n < 2; n++) logger.info("Hello");
  const [loss, ...rest] = lines.map((line) => JSON.parse(line));
  assertEquals([loss.level, loss.service, loss.message, loss.lost], [
    "warning",
    "essays",
    "Lost log lines",
    3,
  ]);
  assertEquals(rest.map(({ message }) => message), ["Hello", "Hello"]);
});

Deno.test("Logger.info() reaches the other handlers when one throws", () => {
  using reports = stub(stderr, "write", () => {});
  const records: LogRecord[] = [];
  const handlers: LogHandler[] = [
    {
      handle() {
        throw new Error("no");
      },
    },
    { handle: (record) => void records.push(record) },
  ];
  createServiceLogger("essays", { handlers }).info("Hello");
  assertEquals(records.length, 1);
  assertMatch(reports.calls[0]!.args[0], /handler failed/);
});

Deno.test("Logger.info() ends when a handler logs what it handles", () => {
  let count = 0;
  const logger: Logger = createServiceLogger("essays", {
    handlers: [{
      handle() {
        count++;
        logger.info("Again");
        logger.info("Again");
      },
    }],
  });
  logger.info("Hello");
  assert(count < 100);
  logger.info("Hello");
  assert(count > 1);
});

Deno.test("LogHandler sees a record of plain data without secrets", () => {
  const records: LogRecord[] = [];
  const logger = createServiceLogger("essays", {
    module: "grading",
    handlers: [{ handle: (record) => void records.push(record) }],
    clock: { now: () => 5 },
  });
  const loop: Record<string, unknown> = { big: 1n, password: "hunter2" };
  loop["self"] = loop;
  logger.child({ a: 1 }).warn("at redis://u:hunter2@h", { loop });

  const [record] = records;
  assertEquals(record?.msg, "at redis://u:[redacted]@h");
  assertEquals(record?.args, [
    { a: 1, loop: { big: "1", password: "[redacted]", self: "[circular]" } },
  ]);
  assertEquals([record?.level, record?.levelName], [30, "WARN"]);
  assertEquals(record?.loggerName, "essays.grading");
  assertEquals(record?.datetime, new Date(5));
});

Deno.test("handlers of this room survive a record that is none", () => {
  using reports = stub(stderr, "write", () => {});
  const lines: string[] = [];
  const line = new LineHandler({ sink: (text) => lines.push(text) });
  const file = new FileHandler({ path: "/dev/null" });
  const sampling = new SamplingHandler({ handlers: [line], rate: 1 });
  const record = { level: 40, msg: "m" } as unknown as LogRecord;
  for (const handler of [line, file, sampling]) handler.handle(record);
  assertEquals(reports.calls.length, 3);
  createServiceLogger("essays", { handlers: [line] }).info("m");
  assertEquals(lines.map((text) => JSON.parse(text).message), [
    "Lost log lines",
    "m",
  ]);
});
