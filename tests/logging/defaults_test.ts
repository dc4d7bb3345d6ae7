// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import { stdoutHandlers } from "../../logging/_default_handlers.ts";
import { disk } from "../../logging/_disk.ts";
import { stderr } from "../../logging/_report_failure.ts";
import {
  configureLogging,
  createServiceLogger,
  LineHandler,
  loggerOptionsFromEnv,
  type LoggingOptions,
} from "../../logging/mod.ts";
import { environment } from "./_environment.ts";
import { FakeDisk } from "./_fake_disk.ts";

/** Configures logging until the end of the block. */
function configured(options: LoggingOptions): Disposable {
  configureLogging(options);
  return { [Symbol.dispose]: () => configureLogging({}) };
}

/** The one line that a handler to stdout makes of one call. */
function stdoutLine(handler: LineHandler, at = 0): string {
  let text = "";
  const logger = createServiceLogger("essays", {
    handlers: [{ handle: (record) => text = handler.format(record) }],
    clock: { now: () => at },
  });
  logger.warn("Hello");
  return text;
}

Deno.test("LineHandler to stdout has the form of LOG_FORMAT, not before its first line", () => {
  const handler = new LineHandler();
  const json = new LineHandler({ format: "json" });
  using _ = environment({ LOG_FORMAT: "console", NO_COLOR: "1" });
  configureLogging({});
  assertEquals(
    stdoutLine(handler),
    "1970-01-01 00:00:00.000Z warning  [essays] Hello",
  );
  assertEquals(JSON.parse(stdoutLine(json)).message, "Hello");
});

Deno.test("configureLogging() says the form and names of handlers not told theirs", () => {
  const lines: string[] = [];
  const sink = (line: string) => lines.push(line);
  const handlers = [new LineHandler({ sink, format: "json" })];
  const own = new LineHandler({ sink, fieldNames: "default" });
  using _ = configured({ handlers, fieldNames: "python" });
  createServiceLogger("essays").info("Hello");
  createServiceLogger("essays", { handlers: [own] }).info("Hello");
  configureLogging({
    handlers: [new LineHandler({ sink })],
    format: "console",
  });
  createServiceLogger("essays").info("Hello");
  assertEquals(JSON.parse(lines[0]!).event, "Hello");
  assertEquals(JSON.parse(lines[1]!).message, "Hello");
  assert(lines[2]!.endsWith("[essays] Hello"));
});

Deno.test("createServiceLogger() with a form of its own has the names configured", () => {
  const [handler] = stdoutHandlers("json");
  using _ = configured({ fieldNames: "python" });
  assertInstanceOf(handler, LineHandler);
  assertEquals(JSON.parse(stdoutLine(handler)).event, "Hello");
});

Deno.test("configureLogging() writes the file that the environment asks for", () => {
  using fake = new FakeDisk();
  const { service = "", ...options } = loggerOptionsFromEnv({
    SERVICE_NAME: "essays",
    LOG_TO_FILE: "true",
    LOG_FILE_PATH: "/logs/x.log",
  });
  using _ = configured({ ...options, handlers: [] });
  createServiceLogger(service).info("Hello");
  assertEquals(fake.lines("/logs/x.log")[0]?.["message"], "Hello");
  configureLogging({ handlers: [] });
  assertEquals(fake.openCount, 0);
});

Deno.test("configureLogging() reports that it cannot close a file", async () => {
  using _fake = new FakeDisk();
  using written = stub(stderr, "write", () => {});
  configureLogging({ handlers: [], file: { path: "/logs/x.log" } });
  createServiceLogger("essays").info("Hello");
  using _ = stub(disk, "close", () => {
    throw new Error("no");
  });
  configureLogging({});
  await Promise.resolve();
  await Promise.resolve();
  assert(String(written.calls[0]?.args[0]).includes("Cannot close log file"));
});

Deno.test("configureLogging() refuses a module without a name, and a wrong file", () => {
  assertThrows(
    () => configureLogging({ levels: { "": "debug" } }),
    TypeError,
    '"levels" must name modules, received an empty name',
  );
  assertThrows(
    () => configureLogging({ levels: null as never, handlers: [] }),
    TypeError,
  );
  assertThrows(
    () => configureLogging({ file: { path: "" } }),
    TypeError,
    '"path"',
  );
});

Deno.test("A logger names the levels that LOG_LEVEL may have, not what it has", () => {
  using written = stub(stderr, "write", () => {});
  using _ = environment({ LOG_LEVEL: "trace", SERVICE_NAME: "essays" });
  using __ = configured({ handlers: [] });
  createServiceLogger("essays").info("Hello");
  const { message } = JSON.parse(String(written.calls[0]?.args[0]));
  assertEquals(
    message,
    'Ignored LOG_LEVEL: must be "debug", "info", "warning", "error" or ' +
      '"critical", received a text of 5 characters',
  );
});
