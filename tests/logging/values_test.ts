// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { capture, shown } from "./_capture.ts";

Deno.test("Logger.info() shows plain values as JSON does", () => {
  const value = { a: 1, b: -0.5, c: true, d: null, e: [1, [2]], f: { g: "h" } };
  assertEquals(shown(value), value);
  assertEquals(shown([undefined, 1]), [null, 1]);
  assertEquals(shown({ a: undefined }), {});
});

Deno.test("Logger.info() shows what JSON cannot hold", () => {
  assertEquals(shown(NaN), "NaN");
  assertEquals(shown(-Infinity), "-Infinity");
  assertEquals(shown(2n ** 64n), "18446744073709551616");
  assertEquals(shown(Symbol("s")), "Symbol(s)");
  assertEquals(shown(function named() {}), "[function named]");
  assertEquals(shown(class Essay {}), "[function Essay]");
  assertEquals(shown(new Date(0)), "1970-01-01T00:00:00.000Z");
  assertEquals(shown(new Date(NaN)), "Invalid Date");
  assertEquals(shown(/a+/g), "/a+/g");
  assertEquals(shown(Promise.resolve()), "[Promise]");
  assertEquals(shown(new Map([["a", 1]])), { a: 1 });
  assertEquals(shown(new Map<unknown, unknown>([[1, "a"], ["b", 2]])), [
    [1, "a"],
    ["b", 2],
  ]);
  assertEquals(shown(new Set([1, "a"])), [1, "a"]);
  assertEquals(shown(new Uint8Array(12)), "[Uint8Array, 12 bytes]");
  assertEquals(shown(new ArrayBuffer(4)), "[ArrayBuffer, 4 bytes]");
  assertEquals(
    shown(new URL("https://hule.education/a")),
    "https://hule.education/a",
  );
  assertEquals(shown(new Headers({ accept: "a" })), { accept: "a" });
  assertEquals(shown(new URLSearchParams("a=1&token=s3cr3t&b=2")), {
    a: "1",
    token: "[redacted]",
    b: "2",
  });
  const form = new FormData();
  form.set("a", "1");
  assertEquals(shown(form), { a: "1" });
  assertEquals(shown([new String("s"), Object(1n)]), ["s", "1"]);
  assertEquals(shown({ toJSON: () => ({ a: 1 }) }), { a: 1 });
});

Deno.test("Logger.info() shows the own fields of an instance", () => {
  class Point {
    x = 1;
    #hidden = 2;
    sum(): number {
      return this.x + this.#hidden;
    }
  }
  assertEquals(shown(new Point()), { x: 1 });
});

Deno.test("Logger.info() marks a value that contains itself, not one seen twice", () => {
  const loop: Record<string, unknown> = { name: "loop" };
  loop["self"] = loop;
  loop["list"] = [loop];
  assertEquals(shown(loop), {
    name: "loop",
    self: "[circular]",
    list: ["[circular]"],
  });
  const shared = { a: 1 };
  assertEquals(shown([shared, shared]), [{ a: 1 }, { a: 1 }]);
});

Deno.test("Logger.info() survives values that throw when they are read", () => {
  function fail(): never {
    throw new Error("no");
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const values: [unknown, unknown][] = [
    [Object.defineProperty({ a: 1 }, "b", { get: fail, enumerable: true }), {
      a: 1,
      b: "[unreadable]",
    }],
    [{ toJSON: fail }, "[unreadable]"],
    [proxy, "[unreadable]"],
    [new Proxy({}, { ownKeys: fail }), "[unreadable]"],
    [new Proxy({}, { getPrototypeOf: fail }), "[unreadable]"],
    [new Proxy({ a: 1 }, { get: fail }), "[unreadable]"],
    [new Proxy([1], { get: fail }), "[unreadable]"],
    [Object.create(Date.prototype), "[unreadable]"],
    [new Proxy(new Map(), {}), "[unreadable]"],
    [
      Object.defineProperty(() => {}, "name", { get: fail }),
      "[function [unreadable]]",
    ],
  ];
  for (const [value, expected] of values) assertEquals(shown(value), expected);
});

Deno.test("Logger.info() survives fields that throw when they are read", () => {
  const { logger, last } = capture();
  const { proxy, revoke } = Proxy.revocable({}, {});
  const lateProxy = Proxy.revocable<Record<string, unknown>>({}, {});
  const child = logger.child(lateProxy.proxy);
  revoke();
  lateProxy.revoke();

  logger.child({ a: 1 }).info("Hello", proxy);
  assertEquals(last()["message"], "Hello");
  assertEquals(last()["fields"], "[unreadable]");
  logger.child(proxy).info("Hello");
  assertEquals(last()["fields"], "[unreadable]");
  child.info("Hello");
  assertEquals(last()["message"], "Hello");
});

Deno.test("Logger.info() cuts long texts and says so", () => {
  const value = shown("x".repeat(10_000_000)) as string;
  assert(value.length < 40_000);
  assertStringIncludes(value, "…[truncated, 10000000 characters in all]");

  const { logger, last } = capture();
  logger.info("y".repeat(10_000_000));
  assert(String(last()["message"]).length < 40_000);
});

Deno.test("Logger.info() does not cut a character in two", () => {
  const value = shown("x" + "😀".repeat(40_000)) as string;
  assert(value.isWellFormed());
});

Deno.test("Logger.info() cuts what is too deep, too broad or too much", () => {
  let deep: unknown = "end";
  for (let i = 0; i < 100_000; i++) deep = { deep };
  assertStringIncludes(JSON.stringify(shown(deep)), '"[too deep]"');

  const list = shown(Array.from({ length: 5_000 }, (_, i) => i)) as unknown[];
  assertEquals(list.length, 1_001);
  assertEquals(list.at(-1), "[4000 more]");

  const broad = Object.fromEntries(list.map((_, i) => [`k${i}`, i]));
  assertEquals(
    (shown(broad) as typeof broad)["[truncated]"],
    "1 more" as never,
  );

  const { logger, raw } = capture();
  const row = Array.from({ length: 900 }, () => "z".repeat(100));
  logger.info("Much", { much: Array.from({ length: 900 }, () => row) });
  assert(raw[0]!.length < 300_000);
  assertEquals(JSON.parse(raw[0]!).message, "Much");
});

Deno.test("Logger.info() keeps control characters out of the line", () => {
  const text = "a\n{}\r\u2028\u2029\u0085\u001b[31m\u009b1m\u007f\0\t";
  const { logger, last } = capture();
  logger.info(text, { [text]: text });
  assertEquals(last()["message"], text);
  assertEquals(last()[text], text);
});

Deno.test("Logger.info() writes lone surrogates as valid JSON", () => {
  const { logger, raw, last } = capture();
  logger.info("lone \ud800", { value: "\udc00" });
  assert(raw[0]!.isWellFormed());
  assertEquals(last()["value"], "\udc00");
});

Deno.test("Logger.info() takes a field called __proto__ for a field", () => {
  const { logger, raw } = capture();
  const fields = JSON.parse('{"__proto__":{"a":1},"constructor":"c"}');
  logger.info("Hello", fields);
  logger.child(fields).info("Hello");
  for (const line of raw) {
    assertStringIncludes(line, '"__proto__":{"a":1},"constructor":"c"');
  }
});

Deno.test("Logger.info() ends when reading a value logs that value", () => {
  const { logger, raw } = capture();
  const value = {
    toJSON(): string {
      logger.info("Inner", { value });
      logger.info("Inner", { value });
      return "done";
    },
  };
  logger.info("Outer", { value });
  assertEquals(JSON.parse(raw.at(-1)!).value, "done");
  assert(raw.length < 100);
});
