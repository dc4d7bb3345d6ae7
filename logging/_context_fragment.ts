// Copyright 2026 the HuleEdu authors. MIT license.

import { currentContext, type EventContext } from "../events/context.ts";
import { createFragment, type Fragment } from "./_fragment.ts";
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

const written = new WeakMap<EventContext, Written>();

/**
 * The fields of the current context. A context is frozen, so its fields are
 * written at its first line and reused for the others.
 *
 * @param serializer Writes the values.
 * @returns The fields as they stand in a line.
 */
export function contextFragment(serializer: Serializer): Fragment {
  const context = currentContext();
  const known = written.get(context);
  if (known?.serializer === serializer) return known.fragment;
  const fragment = createFragment(serializer, withWireNames(context));
  written.set(context, { serializer, fragment });
  return fragment;
}

function withWireNames(context: EventContext): Record<string, unknown> {
  // Without a prototype, so that a field may be called `__proto__`.
  const fields: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(context)) {
    fields[WIRE_NAMES.get(name) ?? name] = context[name];
  }
  return fields;
}
