// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import type { EventEnvelope } from "./envelope.ts";
import { kindOf } from "./_kind.ts";
import { normalizeVersion } from "./_schema_version.ts";
import { normalizeTimestamp } from "./_timestamp.ts";
import { normalizeUuid } from "./_uuid.ts";

/** An object that may be an envelope. */
export type EnvelopeFields = Readonly<
  Partial<Record<keyof EventEnvelope, unknown>>
>;

/**
 * Checks and puts in order each field of an envelope: the one set of rules by
 * which envelopes are made, written and read. Unknown fields are dropped.
 *
 * @param fields The object.
 * @returns A new envelope with its nine keys in the order of the wire. `data`
 * and `metadata` are the very same values.
 * @throws {EnvelopeError} If a field is wrong or a needed one is missing.
 */
export function readFields(fields: EnvelopeFields): EventEnvelope {
  return {
    event_id: uuidField("event_id", fields.event_id),
    event_type: textField("event_type", fields.event_type),
    event_timestamp: timestampField(fields.event_timestamp),
    source_service: textField("source_service", fields.source_service),
    schema_version: versionField(fields.schema_version),
    correlation_id: uuidField("correlation_id", fields.correlation_id),
    data_schema_uri: uriField(fields.data_schema_uri),
    data: dataField(fields.data),
    metadata: metadataField(fields.metadata),
  };
}

function uuidField(path: string, value: unknown): string {
  return normalizeUuid(value) ?? refuse(path, value, "must be a UUID");
}

function timestampField(value: unknown): string {
  return normalizeTimestamp(value) ??
    refuse("event_timestamp", value, "must be an ISO 8601 date and time");
}

function textField(path: string, value: unknown): string {
  return typeof value === "string"
    ? value
    : refuse(path, value, "must be a string");
}

function versionField(value: unknown): number {
  if (value === undefined) return 1;
  return normalizeVersion(value) ??
    refuse("schema_version", value, "must be an integer below 2^53");
}

function uriField(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string"
    ? value
    : refuse("data_schema_uri", value, "must be a string or null");
}

function dataField(value: unknown): unknown {
  return value === undefined ? refuse("data", value, "") : value;
}

function metadataField(value: unknown): Record<string, unknown> | null {
  if (value === undefined || value === null) return null;
  return typeof value === "object" && !Array.isArray(value)
    ? value as Record<string, unknown>
    : refuse("metadata", value, "must be an object or null");
}

function refuse(path: string, value: unknown, rule: string): never {
  throw new EnvelopeError(
    path,
    value === undefined ? "is missing" : `${rule}, received ${kindOf(value)}`,
  );
}
