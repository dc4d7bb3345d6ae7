// Copyright 2026 the HuleEdu authors. MIT license.

import type { FlushReport } from "./flush_report.ts";

/** The base of every error of the reliability room. */
export class ReliabilityError extends Error {
  /** Always `ReliabilityError` or the name of a subclass. */
  override name = "ReliabilityError";
}

/** A publisher was used before `start()` or after `stop()`. */
export class NotStartedError extends ReliabilityError {
  /** Always `NotStartedError`. */
  override name = "NotStartedError";

  /**
   * Makes the error.
   *
   * @param subject What was used, for example `ResilientPublisher`.
   */
  constructor(subject: string) {
    super(`${subject} is not started: call start() first`);
  }
}

/** A circuit is open: the call was not made. */
export class CircuitOpenError extends ReliabilityError {
  /** Always `CircuitOpenError`. */
  override name = "CircuitOpenError";
  /** The name of the circuit breaker. */
  readonly circuit: string;
  /**
   * Milliseconds until a call is let through. While probes are under way, the
   * time after which they are given up at the latest.
   */
  readonly retryAfterMs: number;

  /**
   * Makes the error.
   *
   * @param circuit The name of the circuit breaker.
   * @param retryAfterMs Milliseconds until a call is let through.
   */
  constructor(circuit: string, retryAfterMs: number) {
    super(`Circuit "${circuit}" is open: retry after ${retryAfterMs} ms`);
    this.circuit = circuit;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Every attempt failed; `cause` is the last failure. */
export class RetryError extends ReliabilityError {
  /** Always `RetryError`. */
  override name = "RetryError";
  /** How many attempts were made. */
  readonly attempts: number;

  /**
   * Makes the error.
   *
   * @param attempts How many attempts were made.
   * @param cause The last failure.
   */
  constructor(attempts: number, cause: unknown) {
    super(
      `Cannot complete the call: attempt ${attempts} of ${attempts} failed`,
      {
        cause,
      },
    );
    this.attempts = attempts;
  }
}

/** The facts of an idempotency error. */
export interface IdempotencyErrorOptions extends ErrorOptions {
  /** The key in the idempotency store. */
  readonly key: string;
  /** The id of the event. */
  readonly eventId: string;
}

/**
 * A handler ran longer than its lease could be kept: another worker may have
 * begun the same event. The event is not marked as handled. Retry it: the next
 * delivery learns from the store whether the other worker has finished.
 */
export class LeaseLostError extends ReliabilityError {
  /** Always `LeaseLostError`. */
  override name = "LeaseLostError";
  /** The key in the idempotency store. */
  readonly key: string;
  /** The id of the event. */
  readonly eventId: string;

  /**
   * Makes the error.
   *
   * @param reason What happened, as the end of a sentence.
   * @param options The key, the event id and the cause.
   */
  constructor(reason: string, options: IdempotencyErrorOptions) {
    super(`Lost the lease of event "${options.eventId}": ${reason}`, options);
    this.key = options.key;
    this.eventId = options.eventId;
  }
}

/** The facts of an {@linkcode IdempotencyStoreError}. */
export interface IdempotencyStoreErrorOptions extends IdempotencyErrorOptions {
  /** What the store was asked for. */
  readonly phase: "claim" | "complete";
}

/**
 * The idempotency store failed; `cause` says how. In phase `"claim"` nothing
 * was handled. In phase `"complete"` the handler has finished but the event
 * could not be marked as handled, so that its effect may repeat. Retry the
 * event in both cases.
 */
export class IdempotencyStoreError extends ReliabilityError {
  /** Always `IdempotencyStoreError`. */
  override name = "IdempotencyStoreError";
  /** The key in the idempotency store. */
  readonly key: string;
  /** The id of the event. */
  readonly eventId: string;
  /** What the store was asked for. */
  readonly phase: "claim" | "complete";

  /**
   * Makes the error.
   *
   * @param options The phase, the key, the event id and the cause.
   */
  constructor(options: IdempotencyStoreErrorOptions) {
    super(
      `Cannot ${options.phase} event "${options.eventId}": ` +
        "the idempotency store failed",
      options,
    );
    this.key = options.key;
    this.eventId = options.eventId;
    this.phase = options.phase;
  }
}

/** The facts of a {@linkcode FallbackQueueFullError}. */
export interface FallbackQueueFullErrorOptions extends ErrorOptions {
  /** How many events the queue may hold. */
  readonly capacity: number;
  /** The topic of the refused event. */
  readonly topic: string;
  /** The id of the refused event. */
  readonly eventId: string;
}

/**
 * An event could neither be sent nor queued. `cause` is why it was not sent,
 * where a send was tried.
 */
export class FallbackQueueFullError extends ReliabilityError {
  /** Always `FallbackQueueFullError`. */
  override name = "FallbackQueueFullError";
  /** How many events the queue may hold. */
  readonly capacity: number;
  /** The topic of the refused event. */
  readonly topic: string;
  /** The id of the refused event. */
  readonly eventId: string;

  /**
   * Makes the error.
   *
   * @param options The capacity, the event and the cause.
   */
  constructor(options: FallbackQueueFullErrorOptions) {
    super(
      `Cannot queue event "${options.eventId}" for "${options.topic}": ` +
        `the fallback queue is full, capacity ${options.capacity}`,
      options,
    );
    this.capacity = options.capacity;
    this.topic = options.topic;
    this.eventId = options.eventId;
  }
}

/**
 * A publisher was disposed of with events that it could not send. They are in
 * `report.unsent`, and nowhere else.
 */
export class UnsentEventsError extends ReliabilityError {
  /** Always `UnsentEventsError`. */
  override name = "UnsentEventsError";
  /** What was sent at the end, and what was not. */
  readonly report: FlushReport;

  /**
   * Makes the error.
   *
   * @param report What was sent at the end, and what was not.
   */
  constructor(report: FlushReport) {
    super(`Cannot send all queued events: ${report.unsent.length} left`);
    this.report = report;
  }
}
