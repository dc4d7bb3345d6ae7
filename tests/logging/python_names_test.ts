// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { withContext } from "../../events/mod.ts";
import {
  createServiceLogger,
  LineHandler,
  type Logger,
} from "../../logging/mod.ts";
import vectors from "../vectors/log_line.json" with { type: "json" };

/** What ours leaves out: where in the code a line comes from. */
const CALL_SITE = ["filename", "func_name", "lineno"];

interface Recorded {
  readonly parsed: Readonly<Record<string, unknown>>;
  readonly key_order: readonly string[];
}

function linesOf(log: (logger: Logger) => void, module?: string): string[] {
  const lines: string[] = [];
  const handler = new LineHandler({
    fieldNames: "python",
    environment: "development",
    sink: (line) => lines.push(line),
  });
  log(createServiceLogger("arg-service", {
    handlers: [handler],
    clock: { now: () => Date.UTC(2026, 10, 23, 4, 54, 36, 42) },
    ...(module !== undefined && { module }),
  }));
  return lines;
}

function recorded(name: string): Recorded {
  const found = vectors.find((each) => each.name === name);
  return found?.expected.lines?.[0] as unknown as Recorded;
}

/** By recorded case, the same calls here. */
const calls: Readonly<Record<string, (logger: Logger) => void>> = {
  info: (log) => log.info("Batch registered", { batch_id: "b1", count: 3 }),
  warning: (log) => log.warn("Slow", { ms: 12.5 }),
  error_no_exception: (log) => log.error("Failed", { code: "X" }),
  extra_is_nested: (log) =>
    log.info("With extra", {
      extra: { correlation_id: "22222222-2222-4222-8222-222222222222", n: 1 },
    }),
  bind_contextvars_correlation: (log) =>
    withContext(
      { correlationId: "22222222-2222-4222-8222-222222222222" },
      () => log.info("bound"),
    ),
  kwarg_wins_over_contextvar: (log) =>
    withContext(
      { correlationId: "ctx" },
      () => log.info("x", { correlation_id: "kw" }),
    ),
  logger_bind: (log) => log.child({ batch_id: "b9" }).info("bound logger"),
  unicode: (log) => log.info("h\u00e4ndelse \u{1f600}", { elev: "\u00c5sa" }),
};

for (const [name, log] of Object.entries(calls)) {
  Deno.test(`LineHandler with Python's names writes the line recorded as ${name}`, () => {
    const { parsed, key_order } = recorded(name);
    const [line = ""] = linesOf(log, "worker");
    const ours = JSON.parse(line);
    assertEquals(
      Object.keys(ours),
      key_order.filter((key) => !CALL_SITE.includes(key)),
    );
    for (const [key, value] of Object.entries(ours)) {
      if (key !== "timestamp") assertEquals(value, parsed[key], key);
    }
    assertEquals(ours.timestamp, "2026-11-23T04:54:36.042000Z");
  });
}

Deno.test("LineHandler with Python's names tells an error and its cause in one text", () => {
  const error = new RangeError("outer", { cause: new Error("inner") });
  const [line = ""] = linesOf((log) => log.error("Failed", { error }));
  const { exception, ...rest } = JSON.parse(line);
  const [inner, outer] = exception.split(
    "\n\nThe above exception was the direct cause of the following exception:\n\n",
  );
  assertStringIncludes(inner, "Error: inner\n");
  assertStringIncludes(outer, "RangeError: outer\n");
  assertEquals(Object.keys(rest), [
    "event",
    "service.name",
    "deployment.environment",
    "timestamp",
    "level",
  ]);
});

Deno.test("LineHandler with Python's names puts the trace after the environment", () => {
  const context = { traceId: "t", spanId: "s", tenant: "x" };
  const [line = ""] = linesOf((log) =>
    withContext(context, () => log.info("Hello", { event: "own", level: 7 }))
  );
  assertEquals(Object.entries(JSON.parse(line)).slice(0, 7), [
    ["fields.event", "own"],
    ["fields.level", 7],
    ["event", "Hello"],
    ["tenant", "x"],
    ["service.name", "arg-service"],
    ["deployment.environment", "development"],
    ["trace_id", "t"],
  ]);
});

Deno.test("LineHandler with Python's names writes fields that throw when they are looked at", () => {
  const fields = new Proxy({ correlation_id: "own" }, {
    has() {
      throw new Error("no");
    },
    get: () => "own",
    getPrototypeOf: () => Object.prototype,
  });
  const [line = ""] = linesOf((log) =>
    withContext({ correlationId: "context" }, () => log.info("Hello", fields))
  );
  assertEquals(JSON.parse(line).correlation_id, "own");
});

Deno.test("LineHandler with Python's names loses nothing of an error", () => {
  const cause = Object.assign(new Error("inner"), { errno: 5 });
  const errors = [new Error("one of many")];
  const error = Object.assign(new AggregateError(errors, "outer", { cause }), {
    code: "X",
  });
  const text = new Error("caused by a text", { cause: "text" });
  const unreadable = new TypeError("no stack");
  Object.defineProperty(unreadable, "stack", {
    get() {
      throw new Error("no");
    },
  });
  const renamed = new Error("renamed");
  renamed.name = "GradingError";
  const [first, second, third, fourth] = linesOf((log) => {
    log.error("1", { error });
    log.error("2", { error: text });
    log.error("3", { error: unreadable });
    log.error("4", { error: renamed });
  }).map((line) => JSON.parse(line));
  assertEquals(first.error.code, "X");
  assertEquals(first.error.cause, { errno: 5 });
  assertEquals(first.error.errors[0].message, "one of many");
  assertEquals(second.error, { cause: "text" });
  assertStringIncludes(third.exception, "TypeError: no stack");
  assertStringIncludes(fourth.exception, "GradingError: renamed\n");
});

Deno.test("LineHandler with Python's names takes no plain field for an error", () => {
  const error = { stack: "layer-stack", detail: "kept" };
  const [line = ""] = linesOf((log) => log.error("Failed", { error }));
  assertEquals(JSON.parse(line).error, error);
});

Deno.test("LineHandler with Python's names writes each name once", () => {
  const fields = { exception: "mine", error: new Error("boom") };
  const [line = ""] = linesOf((log) => log.error("Failed", fields));
  assertEquals(JSON.parse(line)["fields.exception"], "mine");
  assertEquals(line.split('"exception":').length, 2);
});
