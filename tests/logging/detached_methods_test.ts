// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { assertSpyCalls, stub } from "@std/testing/mock";
import {
  configureLogging,
  createServiceLogger,
  LineHandler,
  type Logger,
  setLogLevel,
} from "../../logging/mod.ts";
import { capture, type Line, parseLine } from "./_capture.ts";

const METHODS = ["debug", "info", "warn", "error", "critical"] as const;

Deno.test("Logger methods log when they are taken off their logger", () => {
  const { logger, lines } = capture();
  const { child } = logger;
  const { debug, info, warn, error, critical } = child({ batch_id: "b1" });
  [debug, info, warn, error, critical].forEach((log) => log("Hello", { n: 1 }));
  assertEquals(lines().map((line) => [line["level"], line["batch_id"]]), [
    ["debug", "b1"],
    ["info", "b1"],
    ["warning", "b1"],
    ["error", "b1"],
    ["critical", "b1"],
  ]);
});

Deno.test("Logger.error() may be what a promise catches with", async () => {
  const { logger, last } = capture();
  await Promise.reject(new TypeError("boom")).catch(logger.error);
  assertEquals(last()["message"], "boom");
  assertEquals((last()["error"] as Line)["name"], "TypeError");
});

Deno.test("A logger that is logged with often keeps its methods' fields apart", () => {
  const { logger, raw, last } = capture();
  const children = [1, 2, 3].map((worker) => logger.child({ worker }));
  for (let n = 0; n < 20_000; n++) {
    const child = children[n % 3]!;
    const { info } = child;
    if (n % 2 === 0) info("Step");
    else child.info("Step");
    assertEquals(last()["worker"], n % 3 + 1);
    raw.length = 0;
  }
});

Deno.test("A method taken while its level is off logs once setLogLevel() lowers it", () => {
  const lines: string[] = [];
  const sink = (line: string) => lines.push(line);
  configureLogging({ handlers: [new LineHandler({ sink, format: "json" })] });
  const logger = createServiceLogger("essays");
  logger.info("Hello");
  const { debug } = logger;
  debug("Not shown");
  setLogLevel("debug");
  debug("Shown");
  configureLogging({});
  assertEquals(lines.map((line) => parseLine(line)["message"]), [
    "Hello",
    "Shown",
  ]);
});

Deno.test("Logger methods can be replaced, as mocks do", () => {
  const { logger, lines } = capture();
  const { error } = logger;
  for (const name of METHODS) {
    using spy = stub(logger, name, () => {});
    logger[name]("Not shown");
    assertSpyCalls(spy, 1);
  }
  error("Shown");
  const child: Logger = logger.child({});
  let seen = "";
  child.info = (message) => seen = message;
  child.info("Seen");
  logger.info("Shown too");
  assertEquals(seen, "Seen");
  assertEquals(lines().map((line) => line["message"]), ["Shown", "Shown too"]);
});
