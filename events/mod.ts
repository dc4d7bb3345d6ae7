// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What an event is: its envelope, made, written and read; its topic; its ids;
 * and the context that its work goes on in. No I/O.
 *
 * @example An event there and back
 * ```ts
 * import {
 *   createEnvelope,
 *   parseEnvelope,
 *   serializeEnvelope,
 * } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * const sent = createEnvelope({
 *   eventType: "huleedu.essay.created.v1",
 *   sourceService: "essays",
 *   data: { essay_id: "e1", user_id: "u1" },
 * });
 * const wire = serializeEnvelope(sent);
 * assertEquals(parseEnvelope(wire), sent);
 * ```
 *
 * @module
 */

export { currentContext, type EventContext, withContext } from "./context.ts";
export {
  contextFromHeaders,
  type ContextFromHeadersOptions,
  type RequestHeaders,
} from "./context_from_headers.ts";
export { correlationIdText } from "./correlation_id_text.ts";
export {
  createEnvelope,
  type CreateEnvelopeOptions,
} from "./create_envelope.ts";
export { deterministicEventId } from "./deterministic_event_id.ts";
export type { EventEnvelope } from "./envelope.ts";
export { EnvelopeError, type EnvelopeErrorOptions } from "./envelope_error.ts";
export { EventError } from "./event_error.ts";
export { extractCorrelationId } from "./extract_correlation_id.ts";
export { extractUserId } from "./extract_user_id.ts";
export { parseEnvelope, type ParseEnvelopeOptions } from "./parse_envelope.ts";
export { JsonValueError } from "./python_json.ts";
export { serializeEnvelope } from "./serialize_envelope.ts";
export type {
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaResult,
} from "./standard_schema.ts";
export { topicName, UnknownEventTypeError } from "./topic_name.ts";
export { createTopicRegistry, type TopicRegistry } from "./topic_registry.ts";
export { validateEnvelope } from "./validate_envelope.ts";
