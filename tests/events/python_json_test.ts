// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { EventError } from "../../events/mod.ts";
import { JsonValueError, toPythonJson } from "../../events/python_json.ts";
import vectors from "../vectors/user_notification.json" with { type: "json" };

interface Recorded {
  readonly name: string;
  readonly input: { readonly event_type: string; readonly data: unknown };
  readonly expected?: { readonly message: string };
}

/** Inputs with numbers that JSON.parse loses or does not know. */
const NOT_IN_JAVASCRIPT = new Set(["numbers", "nan"]);

Deno.test("toPythonJson() writes the notifications that Python writes", () => {
  let compared = 0;
  for (const { name, input, expected } of vectors as readonly Recorded[]) {
    if (!expected || NOT_IN_JAVASCRIPT.has(name)) continue;
    const { event_type: event, data } = input;
    assertEquals(toPythonJson({ event, data }), expected.message, name);
    compared++;
  }
  assertEquals(compared > 4, true);
});

Deno.test("toPythonJson() writes numbers as Python does", () => {
  const numbers: ReadonlyArray<[value: number | bigint, text: string]> = [
    [1, "1"],
    [-0, "-0.0"],
    [0.5, "0.5"],
    [1e-4, "0.0001"],
    [1e-5, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [5e-324, "5e-324"],
    [123456789.125, "123456789.125"],
    [2 ** 53, "9007199254740992"],
    [1e20, "100000000000000000000"],
    [1e21, "1e+21"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [9007199254740993n, "9007199254740993"],
    [-5n, "-5"],
  ];
  for (const [value, text] of numbers) assertEquals(toPythonJson(value), text);
});

Deno.test("toPythonJson() escapes all but printable ASCII, in lower-case hex", () => {
  assertEquals(
    toPythonJson('\u0000\b\t\n\f\r"\\/\u007f\u00e5\u2028😀'),
    '"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\\u007f\\u00e5\\u2028\\ud83d\\ude00"',
  );
});

Deno.test("toPythonJson() writes what JSON.parse reads, in ASCII", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = toPythonJson(value);
      assertMatch(text, /^[\x20-\x7e]*$/);
      assertEquals(JSON.stringify(JSON.parse(text)), JSON.stringify(value));
    }),
  );
});

Deno.test("toPythonJson() obeys toJSON and leaves undefined members out", () => {
  const value = { at: new Date(0), u: undefined, list: [[], {}] };
  assertEquals(
    toPythonJson(value),
    '{"at": "1970-01-01T00:00:00.000Z", "list": [[], {}]}',
  );
});

Deno.test("toPythonJson() takes __proto__ for a key like any other", () => {
  const json = '{"__proto__": {"a": 1}}';
  assertEquals(toPythonJson(JSON.parse(json)), json);
});

Deno.test("toPythonJson() names what has no JSON form, NaN included", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const cases: ReadonlyArray<[value: unknown, path: string, reason: string]> = [
    [undefined, "", "has no JSON form: it is undefined"],
    [() => {}, "", "has no JSON form: it is a function"],
    [{ data: NaN }, "data", "has no JSON form: it is NaN"],
    [{ data: [-Infinity] }, "data[0]", "has no JSON form: it is -Infinity"],
    [[undefined], "[0]", "has no JSON form: it is undefined"],
    [{ data: new Map() }, "data", "has no JSON form: it is a Map"],
    [cycle, "self", "contains itself"],
    ["\ud800", "", "contains a lone surrogate"],
  ];
  for (const [value, path, reason] of cases) {
    const error = assertThrows(() => toPythonJson(value), JsonValueError);
    assertEquals([error.path, error.reason], [path, reason]);
    assertEquals(error instanceof EventError, true);
  }
});
