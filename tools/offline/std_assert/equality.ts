// Copyright 2026 the HuleEdu authors. MIT license.

import { AssertionError as NodeAssertionError } from "node:assert";
import { refuse, show } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Asserts that two values are deeply equal; the message shows a diff. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  refuse(`Values are not equal\n${diff(actual, expected)}`, msg);
}

/** Asserts that two values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  refuse(`Expected the actual value not to equal ${show(expected)}`, msg);
}

/** Asserts that two values are the same one, by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const reason = equal(actual, expected)
    ? `Values have the same structure but are not the same: ${show(actual)}`
    : `Values are not strictly equal\n${diff(actual, expected)}`;
  refuse(reason, msg);
}

/** Asserts that two values are not the same one, by `Object.is`. */
export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!Object.is(actual, expected)) return;
  refuse(`Expected "actual" not to be strictly equal to ${show(actual)}`, msg);
}

function diff(actual: unknown, expected: unknown): string {
  const { message } = new NodeAssertionError({
    actual,
    expected,
    operator: "deepStrictEqual",
  });
  return message;
}
