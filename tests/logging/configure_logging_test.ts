// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import {
  configureLogging,
  createServiceLogger,
  LineHandler,
  type LoggingOptions,
} from "../../logging/mod.ts";
import type { Line } from "./_capture.ts";

/** Configures logging until the end of the block. */
function configured(options: LoggingOptions): Disposable {
  configureLogging(options);
  return { [Symbol.dispose]: () => configureLogging({}) };
}

function into(lines: Line[]): LineHandler {
  return new LineHandler({ sink: (line) => lines.push(JSON.parse(line)) });
}

Deno.test("configureLogging() is obeyed by loggers that were made before", () => {
  const logger = createServiceLogger("essays").child({ a: 1 });
  const lines: Line[] = [];
  using _ = configured({ level: "debug", handlers: [into(lines)] });
  logger.debug("Hello");
  assertEquals(lines.map((line) => [line["message"], line["a"]]), [
    ["Hello", 1],
  ]);
});

Deno.test("configureLogging() is obeyed again by loggers that have logged", () => {
  const logger = createServiceLogger("essays").child({ code: "x" });
  const lines: Line[] = [];
  const handlers = [into(lines)];
  using _ = configured({ level: "warning", handlers });
  logger.info("no");
  logger.warn("yes");
  configureLogging({ level: "info", handlers });
  logger.info("yes");
  configureLogging({ handlers, isSecretKey: (key) => key === "code" });
  logger.info("yes");
  assertEquals(lines.map((line) => line["code"]), ["x", "x", "[redacted]"]);
});

Deno.test("configureLogging() leaves alone what a logger says itself", () => {
  const own: Line[] = [];
  const shared: Line[] = [];
  const logger = createServiceLogger("essays", {
    level: "error",
    handlers: [into(own)],
  });
  using _ = configured({ level: "debug", handlers: [into(shared)] });
  logger.warn("no");
  logger.error("yes");
  assertEquals([own.length, shared.length], [1, 0]);
});

Deno.test("configureLogging() logs at info by default", () => {
  const lines: Line[] = [];
  using _ = configured({ handlers: [into(lines)] });
  const logger = createServiceLogger("essays");
  logger.debug("no");
  logger.info("yes");
  assertEquals(lines.length, 1);
});

Deno.test("configureLogging() can silence everything", () => {
  using _ = configured({ handlers: [] });
  createServiceLogger("essays").critical("no");
});

Deno.test("configureLogging() names the option that is wrong and changes nothing", () => {
  const lines: Line[] = [];
  using _ = configured({ handlers: [into(lines)] });
  assertThrows(
    () => configureLogging({ level: 3 as unknown as "info" }),
    RangeError,
    'Cannot configure logging: "level" must be "debug", "info", "warning", "error" or "critical", received number',
  );
  assertThrows(
    () => configureLogging({ handlers: "stdout" as never }),
    TypeError,
    '"handlers" must be a list of objects with a method "handle", received "stdout"',
  );
  createServiceLogger("essays").info("yes");
  assertEquals(lines.length, 1);
});
