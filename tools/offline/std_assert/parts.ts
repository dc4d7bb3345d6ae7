// Copyright 2026 the HuleEdu authors. MIT license.

import { refuse, show } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import { assertEquals } from "./equality.ts";

/** Asserts that the text matches. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (expected.test(actual)) return;
  refuse(`Expected ${show(actual)} to match ${expected}`, msg);
}

/** Asserts that the text does not match. */
export function assertNotMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (!expected.test(actual)) return;
  refuse(`Expected ${show(actual)} not to match ${expected}`, msg);
}

/** Asserts that the text holds the part. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (actual.includes(expected)) return;
  refuse(`Expected ${show(actual)} to contain ${show(expected)}`, msg);
}

/** Asserts that each expected item deeply equals one of the actual ones. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !items.some((item) => equal(item, wanted))
  );
  if (missing.length === 0) return;
  refuse(
    `Expected ${show(actual)} to include ${show(expected)}, missing ` +
      show(missing),
    msg,
  );
}

/** Asserts that the object has the expected part, at every depth. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- an interface has no index signature.
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(pick(actual, expected), expected as unknown, msg);
}

/** Of `actual` only what `expected` names; arrays keep their length. */
function pick(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.map((item, index) => pick(item, expected[index]));
  }
  if (!isPlain(actual) || !isPlain(expected)) return actual;
  const part = Object.create(Object.getPrototypeOf(expected));
  for (const key of Reflect.ownKeys(expected)) {
    if (!(key in actual)) continue;
    part[key] = pick(Reflect.get(actual, key), Reflect.get(expected, key));
  }
  return part;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    !Array.isArray(value) && !(value instanceof Date) &&
    !(value instanceof RegExp) && !(value instanceof Map) &&
    !(value instanceof Set) && !ArrayBuffer.isView(value);
}
