// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import { readFields } from "./_envelope_fields.ts";
import { findJsonProblem, isPlainJson } from "./_json_value.ts";
import type { EventEnvelope } from "./envelope.ts";

const RULES = { bigint: false, nonFinite: true };

/**
 * Writes an envelope for the wire: compact JSON, as pydantic's
 * `model_dump_json` writes it, with the nine keys in their order whatever the
 * order in the object. Whatever it writes, `parseEnvelope` reads.
 *
 * NaN and infinities in the data become `null`, and members that are
 * `undefined` are left out, as by `JSON.stringify`. What JSON would lose or
 * what no reader would take is refused.
 *
 * @typeParam T The shape of `data`.
 * @param envelope The event.
 * @returns The text, to be sent as UTF-8.
 * @throws {EnvelopeError} If a field is wrong, or the data has no JSON form: a
 * bigint, a function, a `Map`, a cycle, a lone surrogate, more than 1,000
 * levels. `path` tells where.
 *
 * @example The keys come in the order of the wire
 * ```ts
 * import { createEnvelope, serializeEnvelope } from "@huleedu/service-libs/events";
 * import { assertMatch } from "@std/assert";
 *
 * const text = serializeEnvelope(createEnvelope({
 *   eventType: "huleedu.essay.created.v1",
 *   sourceService: "essays",
 *   data: { essay_id: "e1" },
 * }));
 * assertMatch(text, /^{"event_id":".*","event_type":"huleedu.essay.created.v1"/);
 * ```
 */
export function serializeEnvelope<T>(envelope: EventEnvelope<T>): string {
  const fields = readFields(envelope);
  const { data, metadata } = fields;
  let text: string | undefined;
  try {
    if (isPlainJson(data) && isPlainJson(metadata)) {
      text = JSON.stringify(fields);
    }
  } catch {
    // A getter threw; the search below says which.
  }
  // JSON.stringify writes surrogates as escapes only where they are alone.
  if (text !== undefined && !text.includes("\\ud")) return text;
  checkContent("data", data);
  checkContent("metadata", metadata);
  checkContent("event_type", fields.event_type);
  checkContent("source_service", fields.source_service);
  checkContent("data_schema_uri", fields.data_schema_uri);
  return text ?? JSON.stringify(fields);
}

function checkContent(path: string, value: unknown): void {
  const problem = findJsonProblem(value, path, RULES);
  if (problem === undefined) return;
  throw new EnvelopeError(problem.path, problem.reason, {
    cause: problem.cause,
  });
}
