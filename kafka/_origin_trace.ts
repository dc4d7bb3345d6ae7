// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import {
  parseTraceparent,
  type TraceContext,
} from "../events/trace_context.ts";
import type { IncomingRecord } from "./engine.ts";

const decoder = new TextDecoder();

/**
 * Where a record says that it comes from: by its header, written when it was
 * sent, else by its envelope, written when it was made.
 */
export function originTrace(
  { headers }: Pick<IncomingRecord, "headers">,
  envelope: EventEnvelope | undefined,
): TraceContext | undefined {
  const { traceparent, tracestate } = headers;
  if (traceparent !== undefined) {
    const found = parseTraceparent(
      decoder.decode(traceparent),
      tracestate && decoder.decode(tracestate),
    );
    if (found !== undefined) return found;
  }
  const metadata = envelope?.metadata;
  if (typeof metadata?.traceparent !== "string") return undefined;
  const state = metadata.tracestate;
  return parseTraceparent(
    metadata.traceparent,
    typeof state === "string" ? state : undefined,
  );
}
