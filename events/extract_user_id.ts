// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import { isTruthy, pythonStr } from "./_python_str.ts";

const FIELDS = [
  "user_id",
  "created_by_user_id",
  "updated_by_user_id",
  "created_by_id",
  "updated_by_id",
  "owner_id",
  "author_id",
] as const;

/**
 * Finds the user that an event is about: the first of `user_id`,
 * `created_by_user_id`, `updated_by_user_id`, `created_by_id`, `updated_by_id`,
 * `owner_id` and `author_id` that is set. Empty text, 0, `false`, an empty list
 * and an empty object count as not set.
 *
 * The Python services look at the attributes of objects only; here the data of
 * a parsed event, a plain object, is looked at alike.
 *
 * @param data The data of an event.
 * @returns The id as text, spelled as Python's `str` does (`True` for `true`);
 * `null` when there is none.
 * @throws {EnvelopeError} If reading a field throws.
 *
 * @example Whom to notify
 * ```ts
 * import { extractUserId } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(extractUserId({ essay_id: "e1", owner_id: 42 }), "42");
 * assertEquals(extractUserId({ essay_id: "e1" }), null);
 * ```
 */
export function extractUserId(data: unknown): string | null {
  if (typeof data !== "object" || data === null) return null;
  for (const field of FIELDS) {
    try {
      const value = (data as Record<string, unknown>)[field];
      if (isId(value) && isTruthy(value)) return pythonStr(value);
    } catch (cause) {
      throw new EnvelopeError(`data.${field}`, "cannot be read", { cause });
    }
  }
  return null;
}

/** A method or a symbol that happens to have the name is no id. */
function isId(value: unknown): boolean {
  return typeof value !== "function" && typeof value !== "symbol";
}
