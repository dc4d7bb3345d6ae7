// Copyright 2026 the HuleEdu authors. MIT license.

const INTEGER_TEXT = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/;

/**
 * Reads a version in any form that the Python services accept: an integer,
 * `2.0`, `"2"`, `true` for 1.
 *
 * @returns The integer, or `undefined` when it is none or beyond 2^53.
 */
export function normalizeVersion(value: unknown): number | undefined {
  const number = typeof value === "string" ? fromText(value) : value;
  if (typeof number === "boolean") return number ? 1 : 0;
  // Adding 0 makes -0 a plain 0.
  return Number.isSafeInteger(number) ? (number as number) + 0 : undefined;
}

function fromText(value: string): number | undefined {
  const text = value.trim();
  return INTEGER_TEXT.test(text) ? Number(text.replaceAll("_", "")) : undefined;
}
