// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What every error of the events room is: a caller who only wants to know that
 * an event was bad catches this one.
 *
 * @example Catching whatever is wrong with an event
 * ```ts
 * import { EventError, parseEnvelope } from "@huleedu/service-libs/events";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => parseEnvelope("no event"), EventError);
 * ```
 */
export class EventError extends Error {
  /** The name of the class, for logs. */
  override name = "EventError";
}
