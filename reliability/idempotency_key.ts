// Copyright 2026 the HuleEdu authors. MIT license.

import { deterministicEventId } from "../events/deterministic_event_id.ts";
import { toPythonJson } from "../events/python_json.ts";
import type { EventEnvelope } from "../protocols.ts";
import { formatIdempotencyKey } from "./format_idempotency_key.ts";
import { hashEventId } from "./hash_event_id.ts";

/** Options of {@linkcode idempotencyKey}. */
export interface IdempotencyKeyOptions {
  /** The service that handles the event. */
  readonly serviceName: string;
  /**
   * What the key begins with.
   *
   * @default {"huleedu:idempotency:v2"}
   */
  readonly keyPrefix?: string;
}

/**
 * The key under which a service remembers an event. It is made of the event's
 * id, so that it is the same however the event came: the Python services find
 * the same key for an event with headers. An event without an id gets its
 * `deterministicEventId` for a hash; one that was read by `parseEnvelope` never
 * is without, since that gives a body without an id always the same one.
 *
 * @param envelope The event.
 * @param options The service and the prefix.
 * @returns The key.
 * @throws {TypeError} If the event's type is not a text.
 * @throws {EventError} If the event has no id, and its data is missing or has no
 * JSON form.
 *
 * @example The key of an event
 * ```ts
 * import { createEnvelope } from "@huleedu/service-libs/events";
 * import { idempotencyKey } from "@huleedu/service-libs/reliability";
 * import { assertMatch } from "@std/assert";
 *
 * const envelope = createEnvelope({
 *   eventType: "huleedu.essay.created.v1",
 *   sourceService: "essays",
 *   data: { essay_id: "e-1" },
 * });
 * assertMatch(
 *   idempotencyKey(envelope, { serviceName: "grading" }),
 *   /^huleedu:idempotency:v2:grading:huleedu_essay_created_v1:[0-9a-f]{64}$/,
 * );
 * ```
 */
export function idempotencyKey(
  envelope: EventEnvelope,
  options: IdempotencyKeyOptions,
): string {
  const { event_id, event_type, data } = envelope;
  const hasId = typeof event_id === "string" && event_id !== "";
  const hash = hasId
    ? hashEventId(event_id)
    : deterministicEventId(toPythonJson({ event_id, data }));
  return formatIdempotencyKey({ ...options, eventType: event_type, hash });
}
