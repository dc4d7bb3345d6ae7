// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import {
  configureLogging,
  createServiceLogger,
  LineHandler,
  type LoggingOptions,
  type LogLevel,
  setLogLevel,
} from "../../logging/mod.ts";

/** Configures logging into memory until the end of the block. */
function configured(
  options: LoggingOptions = {},
): Disposable & { readonly lines: string[] } {
  const lines: string[] = [];
  const handler = new LineHandler({
    sink: (line) => {
      const { module, message } = JSON.parse(line);
      lines.push(`${module}: ${message}`);
    },
  });
  configureLogging({ handlers: [handler], ...options });
  return { lines, [Symbol.dispose]: () => configureLogging({}) };
}

Deno.test("setLogLevel() is obeyed by loggers that have logged, and goes back", () => {
  using logging = configured();
  const logger = createServiceLogger("essays").child({ a: 1 });
  logger.debug("1");
  setLogLevel("debug");
  logger.debug("2");
  setLogLevel("error");
  logger.warn("3");
  setLogLevel(undefined);
  logger.debug("4");
  logger.info("5");
  assertEquals(logging.lines, ["essays: 2", "essays: 5"]);
});

Deno.test("setLogLevel() changes one module and the modules in it", () => {
  using logging = configured({ level: "warning" });
  const loggers = ["grading", "grading.rules", "gradings", "essays"].map(
    (module) => createServiceLogger("essays", { module }),
  );
  setLogLevel("debug", "grading");
  for (const logger of loggers) logger.debug("1");
  setLogLevel("error", "grading.rules");
  for (const logger of loggers) logger.debug("2");
  setLogLevel(undefined, "grading");
  for (const logger of loggers) logger.info("3");
  for (const logger of loggers) logger.warn("4");
  assertEquals(logging.lines, [
    "grading: 1",
    "grading.rules: 1",
    "grading: 2",
    "grading: 4",
    "gradings: 4",
    "essays: 4",
  ]);
});

Deno.test("setLogLevel() of a module counts before the level a logger was created with", () => {
  using logging = configured();
  const logger = createServiceLogger("essays", { level: "error" });
  setLogLevel("debug");
  logger.info("no");
  setLogLevel("debug", "essays");
  logger.info("yes");
  assertEquals(logging.lines, ["essays: yes"]);
});

Deno.test("configureLogging() sets the levels of modules", () => {
  using logging = configured({
    level: "error",
    levels: { grading: "info", "grading.rules": "debug" },
  });
  createServiceLogger("essays", { module: "grading" }).info("a");
  createServiceLogger("essays", { module: "grading.rules" }).debug("b");
  createServiceLogger("essays").warn("c");
  assertEquals(logging.lines, ["grading: a", "grading.rules: b"]);
});

Deno.test("setLogLevel() refuses what is no level or no module", () => {
  assertThrows(
    () => setLogLevel("loud" as LogLevel),
    RangeError,
    'Cannot set log level: "level" must be',
  );
  assertThrows(() => setLogLevel("info", ""), TypeError, '"module"');
  assertThrows(
    () => configureLogging({ levels: { a: "loud" as LogLevel } }),
    RangeError,
    "Cannot configure logging",
  );
});

Deno.test("Logger.debug() calls a function for fields only when the line is written", () => {
  using logging = configured({ level: "info" });
  const logger = createServiceLogger("essays");
  let calls = 0;
  logger.debug("no", () => ({ calls: ++calls }));
  logger.info("yes", () => ({ calls: ++calls }));
  logger.info("throws", () => {
    throw new Error("no");
  });
  logger.child(() => ({ calls: ++calls })).info("child");
  assertEquals(calls, 2);
  assertEquals(logging.lines.length, 3);
});

Deno.test("a method that was handed on while it was silent logs when its level is lowered", () => {
  using logging = configured({ level: "info" });
  const logger = createServiceLogger("essays");
  logger.debug("no");
  const { debug } = logger;
  const port = { debug: logger.debug };
  debug("no");
  port.debug("no");
  setLogLevel("debug");
  debug("a");
  port.debug("b");
  assertEquals(logging.lines, ["essays: a", "essays: b"]);
});
