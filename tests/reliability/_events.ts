// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope, HandlerContext } from "../../protocols.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";

/** An event with some fields of its own. */
export function envelopeWith<T = unknown>(
  fields: Partial<EventEnvelope<T>> = {},
): EventEnvelope<T> {
  return {
    event_id: "11111111-1111-4111-8111-111111111111",
    event_type: "huleedu.essay.created.v1",
    event_timestamp: "2026-01-01T00:00:00Z",
    source_service: "essays",
    schema_version: 1,
    correlation_id: "22222222-2222-4222-8222-222222222222",
    data_schema_uri: null,
    data: {} as T,
    metadata: null,
    ...fields,
  };
}

/** The context of a delivery. */
export function contextWith(
  fields: Partial<HandlerContext> = {},
): HandlerContext {
  return {
    signal: new AbortController().signal,
    attempt: 1,
    topic: "huleedu.essay.created.v1",
    partition: 0,
    offset: "0",
    key: null,
    headers: {},
    logger: new RecordingLogger(),
    ...fields,
  };
}
