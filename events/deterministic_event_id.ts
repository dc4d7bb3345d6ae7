// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import { hashNode, isTruthyNode, readEventTree } from "./_event_tree.ts";
import { jsonText } from "./_json_bytes.ts";
import type { JsonNode } from "./_json_reader.ts";

/**
 * An id that is the same whenever the same event is delivered, in every
 * language: SHA-256 over the event's id and data, or over the data alone where
 * the event has no id. Time, type, source, key order and spacing do not count.
 *
 * The hash is taken over the text that Python's
 * `json.dumps({"data": …, "event_id": …}, sort_keys=True)` writes, byte for byte
 * as `generate_deterministic_event_id` of the Python services does: `1` and
 * `1.0` differ, big integers keep their digits, and bytes may be UTF-8, UTF-16
 * or UTF-32.
 *
 * @param raw The body of the event. Not a parsed object: parsing loses digits.
 * @returns 64 lower-case hex digits.
 * @throws {EnvelopeError} If the body is not a JSON object, is nested deeper
 * than 1,000 levels, or has no `data`.
 *
 * @example The order of keys does not count
 * ```ts
 * import { deterministicEventId } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * const id = deterministicEventId('{"event_id":"abc","data":{"a":1,"b":2}}');
 * assertEquals(id.length, 64);
 * assertEquals(
 *   deterministicEventId('{"data": {"b": 2, "a": 1}, "event_id": "abc"}'),
 *   id,
 * );
 * ```
 */
export function deterministicEventId(raw: string | Uint8Array): string {
  const event = readEventTree(jsonText(raw));
  const data = event.get("data") ?? null;
  if (data === null) {
    throw new EnvelopeError(
      "data",
      event.has("data") ? "must not be null" : "is missing",
    );
  }
  const id = event.get("event_id");
  if (id === undefined || !isTruthyNode(id)) return hashNode(data);
  return hashNode(
    new Map<string, JsonNode>([["data", data], ["event_id", id]]),
  );
}
