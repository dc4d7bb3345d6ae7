// Copyright 2026 the HuleEdu authors. MIT license.

/** The longest that a timer can wait: one set for longer goes off at once. */
export const MAX_TIMEOUT_MS: number = 2 ** 31 - 1;

/** What a value is, for error messages that must not show it. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** Checks that a value is text. */
export function text(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`"${field}" must be a string, received ${kindOf(value)}`);
}

/** Checks that a value is a list of text with at least one entry. */
export function texts(field: string, values: unknown): readonly string[] {
  if (!Array.isArray(values)) {
    throw new TypeError(
      `"${field}" must be an array of strings, received ${kindOf(values)}`,
    );
  }
  if (values.length === 0) throw new TypeError(`"${field}" must not be empty`);
  for (const value of values) {
    if (typeof value !== "string") {
      throw new TypeError(
        `"${field}" must hold strings only, received ${kindOf(value)}`,
      );
    }
  }
  // The caller may go on with the list before it has left.
  return [...values];
}

/** Checks that a value is a whole number of milliseconds above zero. */
export function positiveMs(field: string, value: unknown): number {
  return wholeNumber(field, value, 1, "a positive integer of milliseconds");
}

/** Checks that a value is milliseconds above zero that a timer can wait for. */
export function timerMs(field: string, value: unknown): number {
  const ms = positiveMs(field, value);
  if (ms <= MAX_TIMEOUT_MS) return ms;
  throw new RangeError(
    `"${field}" must be at most ${MAX_TIMEOUT_MS} ms, received ${ms}`,
  );
}

/** Checks that a value is a whole number above zero. */
export function positiveInteger(field: string, value: unknown): number {
  return wholeNumber(field, value, 1, "a positive integer");
}

/** Checks that a value is a whole number. */
export function integer(field: string, value: unknown): number {
  return wholeNumber(field, value, -Infinity, "an integer");
}

/** Checks that a value is a number of milliseconds, zero or more. */
export function durationMs(field: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw wrongNumber(field, value, "a finite number of milliseconds from 0");
}

function wholeNumber(
  field: string,
  value: unknown,
  least: number,
  rule: string,
): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) {
    return value as number;
  }
  throw wrongNumber(field, value, rule);
}

function wrongNumber(field: string, value: unknown, rule: string): Error {
  return typeof value === "number"
    ? new RangeError(`"${field}" must be ${rule}, received ${value}`)
    : new TypeError(`"${field}" must be ${rule}, received ${kindOf(value)}`);
}
