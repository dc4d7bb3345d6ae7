// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import { currentContext } from "./context.ts";
import { readFields } from "./_envelope_fields.ts";
import { formatTraceparent } from "./trace_context.ts";
import { currentTrace } from "./tracing.ts";
import { normalizeUuid } from "./_uuid.ts";
import type { EventEnvelope } from "./envelope.ts";

/**
 * What {@linkcode createEnvelope} is told.
 *
 * @typeParam T The shape of `data`.
 */
export interface CreateEnvelopeOptions<T> {
  /** What happened: the name of the topic, for example `huleedu.essay.created.v1`. */
  readonly eventType: string;
  /** The service that says so. */
  readonly sourceService: string;
  /** What the event tells. Anything that JSON can hold. */
  readonly data: T;
  /**
   * Ties together all that follows from one request; a UUID.
   *
   * @default the one of the current context when that is a UUID, else a new one
   */
  readonly correlationId?: string | undefined;
  /**
   * The event's own id, a UUID.
   *
   * @default {crypto.randomUUID()}
   */
  readonly eventId?: string | undefined;
  /**
   * When it happened. ISO 8601 text is kept as it is, with its microseconds.
   *
   * @default {new Date()}
   */
  readonly timestamp?: Date | string | undefined;
  /**
   * The version of the envelope.
   *
   * @default {1}
   */
  readonly schemaVersion?: number | undefined;
  /**
   * Where the schema of `data` is found.
   *
   * @default {null}
   */
  readonly dataSchemaUri?: string | null | undefined;
  /**
   * What travels along. `traceparent` and, where there is one, `tracestate` are
   * added while a span is active or the current context has the ids of one,
   * unless they are there already, or this is `null`.
   *
   * @default `null`, but for these
   */
  readonly metadata?: Record<string, unknown> | null | undefined;
}

/**
 * Makes the envelope of a new event.
 *
 * @typeParam T The shape of `data`.
 * @param options What happened, who says so, and what is not to be made up.
 * @returns The envelope, its nine keys in the order of the wire.
 * @throws {EnvelopeError} If an option is wrong; `path` names the field of the
 * envelope.
 *
 * @example An event and the one it leads to
 * ```ts
 * import { createEnvelope, withContext } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * const created = createEnvelope({
 *   eventType: "huleedu.essay.created.v1",
 *   sourceService: "essays",
 *   data: { essay_id: "e1" },
 * });
 * const graded = withContext(
 *   { correlationId: created.correlation_id },
 *   () =>
 *     createEnvelope({
 *       eventType: "huleedu.essay.graded.v1",
 *       sourceService: "grading",
 *       data: { essay_id: "e1", grade: "A" },
 *     }),
 * );
 * assertEquals(graded.correlation_id, created.correlation_id);
 * ```
 */
export function createEnvelope<T>(
  options: CreateEnvelopeOptions<T>,
): EventEnvelope<T> {
  const {
    eventId = crypto.randomUUID(),
    timestamp = new Date(),
    correlationId = contextId() ?? crypto.randomUUID(),
  } = options;
  const envelope = readFields({
    event_id: eventId,
    event_type: nameOf("event_type", options.eventType),
    event_timestamp: timestampText(timestamp),
    source_service: nameOf("source_service", options.sourceService),
    schema_version: options.schemaVersion,
    correlation_id: correlationId,
    data_schema_uri: options.dataSchemaUri,
    data: options.data,
    metadata: withTrace(options.metadata),
  });
  return envelope as EventEnvelope<T>;
}

function withTrace(
  metadata: Record<string, unknown> | null | undefined,
): Record<string, unknown> | null | undefined {
  if (metadata === null) return null;
  const trace = currentTrace();
  if (trace === undefined || metadata?.traceparent !== undefined) {
    return metadata;
  }
  const { state } = trace;
  return {
    traceparent: formatTraceparent(trace),
    ...(state !== undefined && { tracestate: state }),
    ...metadata,
  };
}

function contextId(): string | undefined {
  return normalizeUuid(currentContext().correlationId);
}

/** The reader lets an empty name pass, as Python does; nobody should make one. */
function nameOf(path: string, value: string): string {
  if (value === "") throw new EnvelopeError(path, "must not be empty");
  return value;
}

function timestampText(value: Date | string): string {
  if (!(value instanceof Date)) return value;
  if (Number.isNaN(value.getTime())) {
    throw new EnvelopeError(
      "event_timestamp",
      "must be an ISO 8601 date and time, received an invalid Date",
    );
  }
  return value.toISOString();
}
