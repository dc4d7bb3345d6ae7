// Copyright 2026 the HuleEdu authors. MIT license.

import { UNREADABLE } from "./_marks.ts";

/** Reads a property that may be a getter that throws. */
export function readProperty(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return UNREADABLE;
  }
}

/** Tells whether an object has nothing but its fields to show. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) &&
    typeof (value as { toJSON?: unknown }).toJSON !== "function";
}

/** Tells whether a value is an error, one of another realm included. */
export function isError(value: object): boolean {
  return value instanceof Error ||
    Object.prototype.toString.call(value) === "[object Error]";
}

/**
 * Replaces an object of a class by something that JSON can show: a text, a
 * plain object, a `Map` or a `Set`. May throw whatever the object throws.
 *
 * @param value An object that is neither plain nor a list nor an error.
 * @returns What to show instead, or the object itself if its own fields are all
 * there is to show.
 */
export function toSimple(value: object): unknown {
  if (value instanceof Date) return dateText(value);
  if (value instanceof Map || value instanceof Set) return value;
  // Before toJSON: the one of Node's Buffer lists every byte.
  if (ArrayBuffer.isView(value) || isBuffer(value)) return bytesText(value);
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise) return "[Promise]";
  if (isBoxed(value)) return value.valueOf();
  if (isEntries(value)) return new Map(value);
  const toJson = (value as { toJSON?: unknown }).toJSON;
  return typeof toJson === "function" ? toJson.call(value, "") : value;
}

function dateText(date: Date): string {
  const time = Date.prototype.getTime.call(date);
  return Number.isNaN(time) ? "Invalid Date" : new Date(time).toISOString();
}

function isBuffer(value: object): value is ArrayBufferLike {
  return value instanceof ArrayBuffer ||
    (typeof SharedArrayBuffer === "function" &&
      value instanceof SharedArrayBuffer);
}

/** Kind and size only: bytes are not for reading, and may be secret. */
function bytesText(value: ArrayBufferView | ArrayBufferLike): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return `[${kind}, ${value.byteLength} bytes]`;
}

function isBoxed(value: object): boolean {
  return value instanceof String || value instanceof Number ||
    value instanceof Boolean || value instanceof BigInt ||
    value instanceof Symbol;
}

/** Names and values that are not its fields; of a name the last one counts. */
function isEntries(value: object): value is Iterable<[string, unknown]> {
  return value instanceof URLSearchParams ||
    typeof Headers === "function" && value instanceof Headers ||
    typeof FormData === "function" && value instanceof FormData;
}

/** The text of a bigint, a symbol or a function. */
export function textOf(value: unknown): string {
  if (typeof value !== "function") return String(value);
  const name = readProperty(value, "name");
  return typeof name === "string" ? `[function ${name}]` : "[function]";
}
