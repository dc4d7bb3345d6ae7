// Copyright 2026 the HuleEdu authors. MIT license.

import { createHash } from "node:crypto";
import { toPythonJson } from "../events/python_json.ts";

/**
 * The hash of an event id in an idempotency key: the SHA-256 of the text
 * `{"event_id":"…"}`, escaped as Python's `json.dumps` does.
 *
 * Source: `idempotency_v2.py` of the Python services, for events whose id comes
 * in a header.
 *
 * @param eventId The event's id.
 * @returns 64 lower-case hex digits.
 *
 * @example Hashing an id
 * ```ts
 * import { hashEventId } from "@huleedu/service-libs/reliability";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   hashEventId("e9"),
 *   "b225d8995a43ce966d351b63dd4d0bcd1a27ed3db6606fed15e90715717a6595",
 * );
 * ```
 */
export function hashEventId(eventId: string): string {
  const text = `{"event_id":${toPythonJson(eventId)}}`;
  return createHash("sha256").update(text).digest("hex");
}
