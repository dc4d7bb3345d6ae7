// Copyright 2026 the HuleEdu authors. MIT license.

// The one place that knows how OpenTelemetry makes spans. Without an SDK there
// is one comparison to be made, and nothing is created.

import {
  type Context,
  context,
  createTraceState,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

import { currentContext } from "./context.ts";
import { defined } from "./_defined.ts";
import { errorName, errorText, errorType, isInstance } from "./error_type.ts";
import { INSTRUMENTATION } from "./instrumentation.ts";
import { type TraceContext, traceOf } from "./trace_context.ts";

/** What is known of a span. What is `undefined` is left out. */
export type SpanAttributes = Readonly<
  Record<string, string | number | boolean | undefined>
>;

/** What a span has to be told. */
export interface SpanOptions {
  readonly kind: "client" | "consumer" | "producer";
  readonly attributes: SpanAttributes;
  /** What it goes on from; `null` is nothing. By default what goes on here. */
  readonly parent?: TraceContext | null;
  /** What else it has to do with. */
  readonly links?: readonly TraceContext[];
  /** When it began, in milliseconds since the Unix epoch. Now by default. */
  readonly startedAt?: number | undefined;
}

const KINDS = {
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
} as const;

/** The API's own provider hands out what an SDK has registered, if one has. */
interface ProxyProvider extends TracerProvider {
  getDelegate?(): TracerProvider;
  getDelegateTracer?(name: string): Tracer | undefined;
}

let knownProvider: TracerProvider | undefined;
let knownTracer: Tracer | undefined;

/** A span that is under way. */
export class LiveSpan {
  readonly #span: Span;
  readonly #context: Context;

  constructor(span: Span, base: Context) {
    this.#span = span;
    this.#context = trace.setSpan(base, span);
  }

  /** Where it is in its trace. */
  get trace(): TraceContext {
    return fromSpanContext(this.#span.spanContext());
  }

  /** Calls a function within the span. */
  run<R>(fn: () => R): R {
    return context.with(this.#context, fn);
  }

  /** Adds what has become known. */
  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(defined(attributes));
  }

  /** Notes that it has failed. */
  fail(error: unknown): void {
    const { message, stack } = errorText(error);
    this.#span.setAttribute("error.type", errorType(error));
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
    if (isInstance(error, Error)) {
      const name = errorName(error);
      this.#span.recordException({ name, message, stack });
    }
  }

  /** Ends it. */
  end(): void {
    this.#span.end();
  }
}

/** Whether anybody records spans. An SDK may be registered at any time. */
export function isTracing(): boolean {
  return currentTracer() !== undefined;
}

/**
 * Calls a function in a trace, or in none; not in that of whoever runs now. For
 * work that only happens to be begun by him.
 */
export function runInTrace<R>(
  from: TraceContext | undefined,
  fn: () => R,
): R {
  if (currentTracer() === undefined) return fn();
  return context.with(baseOf(from ?? null), fn);
}

/** Begins a span, if anybody records spans. */
export function startSpan(
  name: string,
  options: SpanOptions,
): LiveSpan | undefined {
  const tracer = currentTracer();
  if (tracer === undefined) return undefined;
  const { kind, attributes, parent, links = [], startedAt } = options;
  const base = baseOf(parent);
  const span = tracer.startSpan(name, {
    kind: KINDS[kind],
    attributes: defined(attributes),
    links: links.map((each): Link => ({ context: toSpanContext(each) })),
    ...(startedAt !== undefined && { startTime: startedAt }),
  }, base);
  return new LiveSpan(span, base);
}

/**
 * The trace of the code that asks: the span that is active, or what the current
 * context says.
 */
export function currentTrace(): TraceContext | undefined {
  return activeTrace() ?? traceOf(currentContext());
}

/** The span that is active here, if anybody records spans. */
export function activeTrace(): TraceContext | undefined {
  if (currentTracer() === undefined) return undefined;
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active)
    ? fromSpanContext(active)
    : undefined;
}

function currentTracer(): Tracer | undefined {
  const provider: ProxyProvider = trace.getTracerProvider();
  const actual = provider.getDelegate?.() ?? provider;
  if (actual === knownProvider) return knownTracer;
  knownProvider = actual;
  knownTracer = provider.getDelegateTracer
    ? provider.getDelegateTracer(INSTRUMENTATION)
    : provider.getTracer(INSTRUMENTATION);
  return knownTracer;
}

function baseOf(parent: TraceContext | null | undefined): Context {
  if (parent === null) return ROOT_CONTEXT;
  if (parent !== undefined) {
    return trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent));
  }
  const active = context.active();
  if (trace.getSpan(active) !== undefined) return active;
  const known = traceOf(currentContext());
  return known ? trace.setSpanContext(active, toSpanContext(known)) : active;
}

function toSpanContext(from: TraceContext): SpanContext {
  const { traceId, spanId, flags, state } = from;
  return {
    traceId,
    spanId,
    traceFlags: flags,
    isRemote: true,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  };
}

function fromSpanContext(from: SpanContext): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = from;
  // An empty one says nothing.
  const state = traceState?.serialize() || undefined;
  return { traceId, spanId, flags: traceFlags, state };
}
