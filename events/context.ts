// Copyright 2026 the HuleEdu authors. MIT license.

import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What is known of the event at hand wherever its work goes on: in handlers,
 * timers and promises. Log lines print it, and `createEnvelope` takes the
 * correlation id from it.
 */
export interface EventContext {
  /** Further fields, for log lines, which show them as of the first line. */
  readonly [field: string]: unknown;
  /** Ties together all that follows from one request. */
  readonly correlationId?: string | undefined;
  /** The id of the event that is handled. */
  readonly eventId?: string | undefined;
  /** The type of the event that is handled. */
  readonly eventType?: string | undefined;
  /** The service that published the event that is handled. */
  readonly sourceService?: string | undefined;
  /** The current trace, 32 hex digits. */
  readonly traceId?: string | undefined;
  /** The current span, 16 hex digits. */
  readonly spanId?: string | undefined;
}

/** A context, and what opened it. */
export interface Frame {
  readonly fields: EventContext;
  readonly origin: unknown;
  /** What somebody made of the fields, and does not want to make again. */
  memo: unknown;
}

const NONE: EventContext = Object.freeze({});
const storage = new AsyncLocalStorage<Frame>();

/**
 * Calls a function within a context: the current one with `fields` on top. All
 * that the function starts sees it, and nothing else does.
 *
 * @typeParam R What the function returns.
 * @param fields Fields to add. One that is `undefined` changes nothing.
 * @param fn What to call.
 * @returns What `fn` returns.
 *
 * @example An inner context keeps the fields of the outer one
 * ```ts
 * import { currentContext, withContext } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * await withContext({ correlationId: "c-1" }, async () => {
 *   await Promise.resolve();
 *   withContext({ eventId: "e-1" }, () => {
 *     assertEquals(currentContext(), { correlationId: "c-1", eventId: "e-1" });
 *   });
 * });
 * ```
 */
export function withContext<R>(fields: EventContext, fn: () => R): R {
  const added = Object.values(fields).includes(undefined)
    ? withoutUndefined(fields)
    : fields;
  const current = storage.getStore();
  const context = { ...current?.fields, ...added };
  return storage.run({
    fields: Object.freeze(context),
    origin: current?.origin,
    memo: undefined,
  }, fn);
}

/**
 * Calls a function within a context of its own: `fields`, and nothing of the
 * current one. For work that only happens to be begun by whoever runs now.
 *
 * @param fields The context; it is frozen.
 * @param fn What to call.
 * @param origin What opens the context: {@linkcode currentOrigin} within it.
 */
export function withFreshContext<R>(
  fields: EventContext,
  fn: () => R,
  origin?: unknown,
): R {
  return storage.run(
    { fields: Object.freeze(fields), origin, memo: undefined },
    fn,
  );
}

/** The context of the code that asks, and what belongs to it. */
export function currentFrame(): Frame | undefined {
  return storage.getStore();
}

/** What opened the context that goes on here. */
export function currentOrigin(): unknown {
  return storage.getStore()?.origin;
}

/**
 * The context of the code that asks.
 *
 * @returns Its fields, frozen; an empty object outside of any context.
 *
 * @example Outside of any context
 * ```ts
 * import { currentContext } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(currentContext(), {});
 * ```
 */
export function currentContext(): EventContext {
  return storage.getStore()?.fields ?? NONE;
}

function withoutUndefined(fields: EventContext): EventContext {
  const kept: Record<string, unknown> = { ...fields };
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) delete kept[name];
  }
  return kept;
}
