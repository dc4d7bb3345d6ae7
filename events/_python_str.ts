// Copyright 2026 the HuleEdu authors. MIT license.

import { pythonFloat, pythonNumber } from "./_json_number.ts";

const NOT_PRINTABLE = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** What Python's `bool` says of a value. */
export function isTruthy(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    // Not a number is false in JavaScript only.
    return Boolean(value) || Number.isNaN(value);
  }
  if (Array.isArray(value)) return value.length > 0;
  return !isPlain(value) || Object.keys(value).length > 0;
}

/** What Python's `str` writes of a value: `True`, `42`, `['a', 1]`. */
export function pythonStr(value: unknown): string {
  return typeof value === "string" ? value : pythonRepr(value, new Set());
}

function pythonRepr(value: unknown, within: Set<object>): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return Number.isFinite(value)
        ? pythonNumber(value)
        : pythonFloat(value).toLowerCase().replace("inity", "");
    case "boolean":
      return value ? "True" : "False";
    case "object":
      return value === null ? "None" : objectRepr(value, within);
    case "undefined":
      return "None";
    default:
      return String(value);
  }
}

function objectRepr(value: object, within: Set<object>): string {
  if (!Array.isArray(value) && !isPlain(value)) return String(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  // Python shows an object within itself as dots, too.
  if (within.has(value)) return `${open}...${close}`;
  within.add(value);
  const items = Array.isArray(value)
    ? value.map((item) => pythonRepr(item, within))
    : Object.entries(value).map(([key, item]) =>
      `${quote(key)}: ${pythonRepr(item, within)}`
    );
  within.delete(value);
  return `${open}${items.join(", ")}${close}`;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(NOT_PRINTABLE, escapeCharacter);
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) +
    mark;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${hex.padStart(4, "0")}`;
  return `\\U${hex.padStart(8, "0")}`;
}
