// Copyright 2026 the HuleEdu authors. MIT license.

import { currentFrame } from "../events/context.ts";
import { activeTrace } from "../events/tracing.ts";
import { createFragment, EMPTY, type Fragment } from "./_fragment.ts";
import type { Serializer } from "./_serializer.ts";

/** The fields that events carry too are named as on the wire. */
const WIRE_NAMES: ReadonlyMap<string, string> = new Map([
  ["correlationId", "correlation_id"],
  ["originalCorrelationId", "original_correlation_id"],
  ["eventId", "event_id"],
  ["eventType", "event_type"],
  ["sourceService", "source_service"],
  ["traceId", "trace_id"],
  ["spanId", "span_id"],
]);

interface Written {
  readonly serializer: Serializer;
  readonly fragment: Fragment;
}

/**
 * The fields of the current context, with the ids of the span that is active,
 * if one is. A context is frozen, so its fields are written at its first line
 * and reused for the others.
 *
 * @param serializer Writes the values.
 * @returns The fields as they stand in a line.
 */
export function contextFragment(serializer: Serializer): Fragment {
  const frame = currentFrame();
  const active = activeTrace();
  if (active !== undefined && active.spanId !== frame?.fields.spanId) {
    const { traceId, spanId } = active;
    const fields = { ...frame?.fields, traceId, spanId };
    return createFragment(serializer, fields, wireName);
  }
  if (frame === undefined) return EMPTY;
  const known = frame.memo as Written | undefined;
  if (known?.serializer === serializer) return known.fragment;
  const fragment = createFragment(serializer, frame.fields, wireName);
  frame.memo = { serializer, fragment } satisfies Written;
  return fragment;
}

function wireName(name: string): string {
  return WIRE_NAMES.get(name) ?? name;
}
