// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock, EventPublisher, Logger } from "../protocols.ts";
import type { CircuitBreaker, CircuitSnapshot } from "./circuit_breaker.ts";

/** Options of `ResilientPublisher`. */
export interface ResilientPublisherOptions {
  /** What sends the events. It is neither started nor stopped by the wrapper. */
  readonly publisher: EventPublisher;
  /**
   * Decides when sends are tried. By default one with the default thresholds, to
   * which only retriable errors are failures: give your own the same `isFailure`,
   * or events that cannot be sent will open it.
   */
  readonly breaker?: CircuitBreaker;
  /**
   * How many events may wait in memory.
   *
   * @default {1_000}
   */
  readonly maxQueuedEvents?: number;
  /**
   * Milliseconds to wait before another round when a queued event could not be
   * sent. With an open circuit the wait is what is left of its recovery time.
   *
   * @default {1_000}
   */
  readonly retryIntervalMs?: number;
  /**
   * Queued events sent at one time, each of another key.
   *
   * @default {16}
   */
  readonly drainConcurrency?: number;
  /**
   * Whether a later send of the same event can succeed. An event with any other
   * error is not queued: its publish rejects with the error.
   *
   * By default every error is, but `EventError`, `TypeError`, `RangeError`,
   * `SyntaxError`, `NotStartedError` and errors with `retriable: false`.
   */
  readonly isRetriable?: (error: unknown) => boolean;
  /**
   * Tells the time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /** Where failures are logged. Nowhere by default. */
  readonly logger?: Logger;
}

/** What a resilient publisher holds, at one moment. */
export interface ResilientPublisherSnapshot {
  /** Events that wait to be sent. */
  readonly queued: number;
  /**
   * Events that can never be sent, since a later attempt failed with an error
   * that is not retriable. They keep their place in the queue's bound, and the
   * report of `stop()` has them.
   */
  readonly setAside: number;
  /** The circuit. */
  readonly circuit: CircuitSnapshot;
}
