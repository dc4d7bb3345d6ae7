// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields } from "../protocols.ts";
import { UNREADABLE } from "./_marks.ts";
import { isError } from "./_simple_value.ts";

/**
 * Makes fields of what a call was given in their place: an error becomes the
 * field `error`, and anything else that has no named fields the field `fields`. A
 * function is called for what it returns.
 *
 * @param value What the call was given.
 * @returns The fields, or `undefined` if there are none.
 */
export function toFields(value: unknown): LogFields | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "function") return callForFields(value as () => unknown);
  if (typeof value !== "object") return { fields: value };
  try {
    if (isFields(value)) return value as LogFields;
    return isError(value) ? { error: value } : { fields: value };
  } catch {
    return { fields: UNREADABLE };
  }
}

function callForFields(make: () => unknown): LogFields | undefined {
  try {
    const made = make();
    // A function that makes functions could go on for ever.
    return typeof made === "function" ? { fields: made } : toFields(made);
  } catch {
    return { fields: UNREADABLE };
  }
}

/**
 * Tells whether a value is an object with fields: not a list, bytes or an error,
 * and nothing that says itself what is to be written of it.
 */
export function isFields(value: object): boolean {
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return !(Array.isArray(value) || isError(value) ||
    ArrayBuffer.isView(value) ||
    Symbol.iterator in value || "then" in value);
}
