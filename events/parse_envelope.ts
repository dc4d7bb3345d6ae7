// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import { type EnvelopeFields, readFields } from "./_envelope_fields.ts";
import { type Body, readBody } from "./_body.ts";
import { hashNode, readEventTree } from "./_event_tree.ts";
import { applyResult, runSchema } from "./_schema.ts";
import { uuidV5 } from "./_uuid.ts";
import type { EventEnvelope } from "./envelope.ts";
import type { StandardSchema } from "./standard_schema.ts";

const DEFAULT_MAX_BYTES = 1_048_576;
const EVENT_ID_NAMESPACE = "8cb84a46-7c8e-5a26-8d83-480a8626558b";
const NO_TIMESTAMP = "1970-01-01T00:00:00Z";

/**
 * Options of {@linkcode parseEnvelope}.
 *
 * @typeParam T The type of valid data.
 */
export interface ParseEnvelopeOptions<T = unknown> {
  /** Any Standard Schema of the data. None by default: the data is what it is. */
  readonly schema?: StandardSchema<T> | undefined;
  /**
   * The most bytes that a body may have. The default is what a Kafka broker
   * takes by default.
   *
   * @default {1_048_576}
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Reads an event off the wire. Takes both text forms that the Python services
 * write, and whatever their reader accepts: UUIDs in upper case or without
 * hyphens, times as Unix seconds or milliseconds, `NaN`; puts these in order,
 * drops unknown fields, and lets the last of equal keys win. The time stays as
 * text, so that its microseconds survive. To pass an event on, pass on `raw`:
 * numbers beyond 2^53 lose digits in JavaScript.
 *
 * Reading twice gives the same envelope twice. A body without `event_id` gets
 * the UUID, version 5, of its {@linkcode deterministicEventId} in the namespace
 * `8cb84a46-7c8e-5a26-8d83-480a8626558b` (that of `event-id.huleedu` in the
 * namespace of domain names); without `correlation_id`, its event id; without
 * `event_timestamp`, the Unix epoch, which nobody takes for a time of day;
 * without `schema_version`, 1.
 *
 * @typeParam T The type of valid data.
 * @param raw The body as text, or as UTF-8.
 * @param options A schema for the data, and the size limit.
 * @returns The envelope, its nine keys in the order of the wire.
 * @throws {EnvelopeError} If the body is too large, is not UTF-8 or JSON, is
 * nested deeper than 1,000 levels, contains a lone surrogate, or lacks a field;
 * if a field is wrong; or if the schema refuses the data or takes its time:
 * then parse without it, and await {@linkcode validateEnvelope}.
 * @throws {RangeError} If `maxBytes` is not a positive number.
 *
 * @example Reading an event
 * ```ts
 * import { parseEnvelope } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * const envelope = parseEnvelope(
 *   '{"event_type":"huleedu.essay.created.v1","source_service":"essays",' +
 *     '"event_timestamp":"2025-01-02T03:04:05.678901Z","data":{"essay_id":"e1"}}',
 * );
 * assertEquals(envelope.event_timestamp, "2025-01-02T03:04:05.678901Z");
 * assertEquals(envelope.correlation_id, envelope.event_id);
 * ```
 */
export function parseEnvelope<T = unknown>(
  raw: string | Uint8Array,
  options: ParseEnvelopeOptions<T> = {},
): EventEnvelope<T> {
  const { schema, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (!(maxBytes > 0)) {
    throw new RangeError(
      `Cannot parse event: "maxBytes" must be positive, received ${maxBytes}`,
    );
  }
  const envelope = readFields(complete(readBody(raw, maxBytes)));
  if (schema === undefined) return envelope as EventEnvelope<T>;
  const result = runSchema(schema, envelope.data);
  if (!(result instanceof Promise)) return applyResult(envelope, result);
  result.catch(() => {});
  throw new EnvelopeError(
    "data",
    "cannot be validated at once: the schema is asynchronous, so parse without it and await validateEnvelope()",
  );
}

function complete({ members, text }: Body): EnvelopeFields {
  if (
    members.event_id !== undefined && members.correlation_id !== undefined &&
    members.event_timestamp !== undefined
  ) return members;
  const event_id = members.event_id === undefined
    ? eventIdOf(text)
    : members.event_id;
  return {
    event_id,
    correlation_id: event_id,
    event_timestamp: NO_TIMESTAMP,
    ...members,
  };
}

function eventIdOf(text: string): string {
  // Missing data is told of when the fields are read.
  const data = readEventTree(text).get("data") ?? null;
  return uuidV5(EVENT_ID_NAMESPACE, hashNode(data));
}
