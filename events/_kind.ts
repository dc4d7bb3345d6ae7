// Copyright 2026 the HuleEdu authors. MIT license.

const VOWEL = /^[aeio]/i;

/** Names the kind of a value for an error message, and never shows the value. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const kind = typeof value === "object" ? className(value) : typeof value;
  if (kind === "number" && !Number.isFinite(value)) return String(value);
  return `${VOWEL.test(kind) ? "an" : "a"} ${kind}`;
}

function className(value: object): string {
  if (Array.isArray(value)) return "array";
  const tag = tagOf(value);
  return tag === "Object" ? "object" : tag;
}

/** The built-in kind of an object: `Map`, `Date`, `Uint8Array`, `Object`. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
