// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * An event as it travels: the wire object itself.
 *
 * @typeParam T The shape of `data`.
 */
export interface EventEnvelope<T = unknown> {
  /** The event's own id, a UUID. */
  event_id: string;
  /** What happened: the name of the topic, for example `huleedu.essay.created.v1`. */
  event_type: string;
  /** When, as ISO 8601 text. Kept as text, so that microseconds survive. */
  event_timestamp: string;
  /** The service that says so. */
  source_service: string;
  /** The version of the envelope, 1. */
  schema_version: number;
  /** Ties together all that follows from one request; a UUID. */
  correlation_id: string;
  /** Where the schema of `data` is found, or `null`. */
  data_schema_uri: string | null;
  /** What the event tells. */
  data: T;
  /** What travels along, such as trace context, or `null`. */
  metadata: Record<string, unknown> | null;
}
