// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { BaseHandler } from "@std/log/base-handler";
import { Logger as StdLogger } from "@std/log/logger";
import { stub } from "@std/testing/mock";
import { withContext } from "../../events/mod.ts";
import { stderr } from "../../logging/_report_failure.ts";
import {
  adoptStdLogger,
  configureLogging,
  createServiceLogger,
  LineHandler,
} from "../../logging/mod.ts";
import { type Line, parseLine } from "./_capture.ts";

function adopted(service?: string): {
  readonly logger: StdLogger;
  last(): Line;
} {
  const raw: string[] = [];
  const logger = new StdLogger("parser", "DEBUG");
  adoptStdLogger(logger, {
    handlers: [new LineHandler({ sink: (line) => raw.push(line) })],
    ...(service !== undefined && { service }),
  });
  return {
    logger,
    last() {
      const { timestamp: _, ...line } = parseLine(raw.at(-1) ?? "");
      return line;
    },
  };
}

Deno.test("adoptStdLogger() gives records of @std/log our form and context", () => {
  const { logger, last } = adopted("essays");
  withContext({ correlationId: "c1" }, () => {
    logger.warn("Odd encoding", { encoding: "latin1", password: "hunter2" });
  });
  assertEquals(Object.entries(last()), [
    ["level", "warning"],
    ["service", "essays"],
    ["module", "parser"],
    ["message", "Odd encoding"],
    ["correlation_id", "c1"],
    ["encoding", "latin1"],
    ["password", "[redacted]"],
  ]);
});

Deno.test("adoptStdLogger() knows all levels of @std/log", () => {
  const { logger, last } = adopted();
  logger.debug("1");
  assertEquals([last()["level"], last()["service"]], ["debug", "parser"]);
  logger.info("2");
  assertEquals(last()["level"], "info");
  logger.error("3");
  assertEquals(last()["level"], "error");
  logger.critical(() => "4");
  assertEquals([last()["level"], last()["message"]], ["critical", "4"]);
});

Deno.test("adoptStdLogger() keeps every argument", () => {
  const { logger, last } = adopted();
  logger.info("Hello", { a: 1 }, new Error("boom"), 5, "x", [2], { b: 2 });
  const { error, ...line } = last();
  assertEquals((error as Error).message, "boom");
  assertEquals([line["a"], line["b"], line["args"]], [1, 2, [5, "x", [2]]]);
});

Deno.test("adoptStdLogger() makes an error of an error in the message's place", () => {
  const { logger, last } = adopted();
  const error = Object.assign(new TypeError("boom"), { code: "X" });
  const [one, two] = [error, () => error].map((message) => {
    assertEquals(logger.error(message as Error, { a: 1 }), error);
    return last();
  });
  for (const line of [one!, two!]) {
    assertEquals([line["message"], line["a"]], ["boom", 1]);
    const { name, message, code } = line["error"] as Line;
    assertEquals([name, message, code], ["TypeError", "boom", "X"]);
  }
  assertEquals(logger.info("Hello"), "Hello");
  assertEquals("error" in last(), false);
});

Deno.test("adoptStdLogger() never throws at the code that logs", () => {
  const { logger, last } = adopted();
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  logger.info("Hello", proxy, { a: 1 });
  assertEquals([last()["message"], last()["a"]], ["Hello", 1]);
  assertEquals(last()["args"], ["[unreadable]"]);

  using reports = stub(stderr, "write", () => {});
  adoptStdLogger(logger, {
    handlers: [{
      handle() {
        throw new Error("no");
      },
    }],
  });
  logger.info("Hello");
  assertEquals(reports.calls.length, 1);
});

Deno.test("adoptStdLogger() follows configureLogging() by default", () => {
  const lines: Line[] = [];
  const logger = new StdLogger("parser", "INFO");
  adoptStdLogger(logger, { service: "essays" });
  configureLogging({
    handlers: [
      new LineHandler({ sink: (line) => lines.push(JSON.parse(line)) }),
    ],
  });
  try {
    logger.info("Hello");
  } finally {
    configureLogging({});
  }
  assertEquals(lines.length, 1);
});

Deno.test("adoptStdLogger() names the option that is wrong", () => {
  const logger = new StdLogger("parser", "INFO");
  assertThrows(
    () => adoptStdLogger(logger, { service: "" }),
    TypeError,
    'Cannot adopt logger: "service" must be a string that is not empty',
  );
});

Deno.test("createServiceLogger() accepts handlers of @std/log", () => {
  class TextHandler extends BaseHandler {
    readonly texts: string[] = [];
    override log(text: string): void {
      this.texts.push(text);
    }
  }
  const handler = new TextHandler("WARN", {
    formatter: ({ levelName, loggerName, msg, args }) =>
      `${levelName} ${loggerName} ${msg} ${JSON.stringify(args)}`,
  });
  const logger = createServiceLogger("essays", { handlers: [handler] });
  logger.info("no");
  logger.warn("Slow", { ms: 5, token: "hunter2" });
  assertEquals(handler.texts, [
    'WARN essays Slow [{"ms":5,"token":"[redacted]"}]',
  ]);
});

Deno.test("LineHandler gives records of @std/log our form by itself too", () => {
  class Forwarder extends BaseHandler {
    readonly lines: Line[] = [];
    readonly #inner = new LineHandler({
      service: "essays",
      sink: (line) => this.lines.push(JSON.parse(line)),
    });
    override handle(record: Parameters<BaseHandler["handle"]>[0]): void {
      this.#inner.handle(record);
    }
    override log(): void {}
  }
  const handler = new Forwarder("NOTSET");
  new StdLogger("parser", "INFO", { handlers: [handler] }).info("Hello");
  assertEquals(
    [handler.lines[0]?.["service"], handler.lines[0]?.["module"]],
    ["essays", "parser"],
  );
});
