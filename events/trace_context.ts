// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventContext } from "./context.ts";

/** Where something belongs in a trace, as W3C Trace Context passes it on. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Eight bits; the lowest says that the trace is recorded. */
  readonly flags: number;
  /** What tracing systems add, the `tracestate`. */
  readonly state?: string | undefined;
}

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags, more. */
const TRACEPARENT =
  /^[ \t]*([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?[ \t]*$/;

const SAMPLED = 1;

/** Where a context holds what its two ids do not tell. No log line prints it. */
const WHOLE = Symbol("trace context");

/**
 * Reads a `traceparent`.
 *
 * @param text The header.
 * @param state The `tracestate` that came with it.
 * @returns What it says, or `undefined` where it is not valid.
 */
export function parseTraceparent(
  text: string,
  state?: string,
): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(text) ??
    [];
  if (traceId === undefined || spanId === undefined || flags === undefined) {
    return undefined;
  }
  if (version === "ff" || version === "00" && more !== undefined) {
    return undefined;
  }
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: parseInt(flags, 16), state };
}

/** Writes a `traceparent` of version `00`. */
export function formatTraceparent(trace: TraceContext): string {
  const { traceId, spanId, flags } = trace;
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, "0")}`;
}

/**
 * The fields of a context that belongs to a trace. They pass on the flags and
 * the state as well, as long as nobody replaces the ids.
 */
export function traceFields(trace: TraceContext): EventContext {
  const { traceId, spanId, flags, state } = trace;
  const ids = { traceId, spanId };
  return flags === SAMPLED && state === undefined
    ? ids
    : { ...ids, [WHOLE]: trace };
}

/**
 * Where a context belongs, if it says so. Of ids that are on their own the trace
 * is taken to be recorded.
 */
export function traceOf(fields: EventContext): TraceContext | undefined {
  const { traceId, spanId } = fields;
  if (traceId === undefined || spanId === undefined) return undefined;
  const whole = (fields as { readonly [WHOLE]?: TraceContext })[WHOLE];
  if (whole?.traceId === traceId && whole.spanId === spanId) return whole;
  return parseTraceparent(`00-${traceId}-${spanId}-01`);
}
