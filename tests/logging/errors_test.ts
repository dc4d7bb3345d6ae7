// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { capture, shown } from "./_capture.ts";

interface ShownError {
  name: string;
  message: string;
  stack: string;
  cause?: ShownError | string;
  errors?: ShownError[];
}

Deno.test("Logger.error() shows name, message, stack and cause of an error", () => {
  const { logger, last } = capture();
  const cause = new RangeError("inner");
  logger.error("Failed", { error: new TypeError("outer", { cause }) });

  const error = last()["error"] as ShownError;
  assertEquals(Object.keys(error), ["name", "message", "stack", "cause"]);
  assertEquals([error.name, error.message], ["TypeError", "outer"]);
  assertStringIncludes(error.stack, "errors_test.ts");
  const inner = error.cause as ShownError;
  assertEquals(Object.keys(inner), ["name", "message", "stack"]);
  assertEquals([inner.name, inner.message], ["RangeError", "inner"]);
});

Deno.test("Logger.error() shows errors wherever they stand", () => {
  const error = new Error("deep");
  const value = shown({ list: [error], map: new Map([["a", error]]) }) as {
    list: ShownError[];
    map: { a: ShownError };
  };
  assertEquals(value.list[0]?.message, "deep");
  assertEquals(value.map.a.message, "deep");
});

Deno.test("Logger.error() shows all errors of an AggregateError", () => {
  const error = shown(
    new AggregateError([new Error("a"), "b", new Error("c")], "all failed"),
  ) as ShownError;
  assertEquals(error.message, "all failed");
  assertEquals(error.errors?.map((e) => e.message ?? e), ["a", "b", "c"]);
});

Deno.test("Logger.error() shows the own fields of an error, secrets redacted", () => {
  class BrokerError extends Error {
    override name = "BrokerError";
    retriable = true;
    broker = { host: "kafka", password: "hunter2" };
  }
  const error = shown(new BrokerError("down")) as Record<string, unknown>;
  assertEquals(error["name"], "BrokerError");
  assertEquals(error["retriable"], true);
  assertEquals(error["broker"], { host: "kafka", password: "[redacted]" });
});

Deno.test("Logger.error() bounds chains of causes", () => {
  const loop = new Error("loop");
  loop.cause = loop;
  assertEquals((shown(loop) as ShownError).cause, "[circular]");

  let error = new Error("0");
  for (let i = 1; i < 1_000; i++) error = new Error(`${i}`, { cause: error });
  assertStringIncludes(JSON.stringify(shown(error)), '"[too deep]"');
});

Deno.test("Logger.error() survives errors that throw when they are read", () => {
  const error = new Error("boom");
  Object.defineProperty(error, "stack", {
    get() {
      throw error;
    },
  });
  const value = shown(error) as ShownError;
  assertEquals([value.message, value.stack], ["boom", "[unreadable]"]);
});

Deno.test("Logger.error() keeps secrets out of messages and stacks", () => {
  const { logger, raw } = capture();
  const error = new Error("connect redis://app:hunter2@cache:6379 failed");
  logger.error(error.message, { error });
  assert(!raw[0]!.includes("hunter2"));
  assertStringIncludes(raw[0]!, "redis://app:[redacted]@cache:6379");
});

Deno.test("Logger.error() shows DOM exceptions and errors without a stack", () => {
  const error = shown(AbortSignal.abort().reason) as ShownError;
  assertEquals(error.name, "AbortError");
  const bare = new Error("bare");
  delete bare.stack;
  assertEquals((shown(bare) as ShownError).message, "bare");
});
