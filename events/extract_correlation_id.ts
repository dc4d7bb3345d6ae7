// Copyright 2026 the HuleEdu authors. MIT license.

import { readEventTree } from "./_event_tree.ts";
import { jsonText } from "./_json_bytes.ts";

/**
 * Finds the correlation id of an event, for a log line or a header, whatever
 * the event looks like. Never throws.
 *
 * @param event The body as text or bytes, or a parsed envelope.
 * @returns The text of `correlation_id` as it stands, or `null` when there is
 * none, it is no text, or the event cannot be read at all.
 *
 * @example From a body that may be broken
 * ```ts
 * import { extractCorrelationId } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(extractCorrelationId('{"correlation_id":"c-1"}'), "c-1");
 * assertEquals(extractCorrelationId({ correlation_id: "c-1" }), "c-1");
 * assertEquals(extractCorrelationId("broken"), null);
 * ```
 */
export function extractCorrelationId(event: unknown): string | null {
  try {
    const id = typeof event === "string" || event instanceof Uint8Array
      ? readEventTree(jsonText(event)).get("correlation_id")
      : (event as { correlation_id?: unknown }).correlation_id;
    return typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}
