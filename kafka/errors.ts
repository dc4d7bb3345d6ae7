// Copyright 2026 the HuleEdu authors. MIT license.

/** The base of every error of the Kafka room. */
export class KafkaError extends Error {
  /** Always `KafkaError` or the name of a subclass. */
  override name = "KafkaError";
}

/** A bus or consumer was used before `start()` or after `stop()`. */
export class NotStartedError extends KafkaError {
  /** Always `NotStartedError`. */
  override name = "NotStartedError";

  /**
   * Makes the error.
   *
   * @param subject What was used, for example `KafkaBus "essays"`.
   */
  constructor(subject: string) {
    super(`${subject} is not started: call start() first`);
  }
}

/** No broker could be reached, or none let us in. */
export class KafkaConnectionError extends KafkaError {
  /** Always `KafkaConnectionError`. */
  override name = "KafkaConnectionError";
  /** The addresses tried, each `host:port`. */
  readonly brokers: readonly string[];

  /**
   * Makes the error.
   *
   * @param brokers The addresses tried, each `host:port`.
   * @param reason What the last attempt said.
   * @param options The cause.
   */
  constructor(
    brokers: readonly string[],
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Cannot connect to Kafka at ${brokers.join(", ")}: ${reason}`,
      options,
    );
    this.brokers = brokers;
  }
}

/**
 * Why an event was not acknowledged.
 *
 * - `"timed_out"`: the delivery deadline passed
 * - `"aborted"`: the caller's signal fired
 * - `"stopped"`: the bus was stopped before the event could be sent
 * - `"too_large"`: larger than `maxBatchBytes` or than the broker accepts
 * - `"unknown_topic"`: no such topic, and the broker does not create it
 * - `"rejected"`: the broker refused the event for another reason
 * - `"offset_conflict"`: the acknowledgement names an offset that another event
 *   has been given already, and the topic was not created anew meanwhile, as far
 *   as the cluster can tell
 */
export type PublishErrorCode =
  | "timed_out"
  | "aborted"
  | "stopped"
  | "too_large"
  | "unknown_topic"
  | "rejected"
  | "offset_conflict";

/** The facts of a {@linkcode PublishError}. */
export interface PublishErrorOptions extends ErrorOptions {
  /** Why. */
  readonly code: PublishErrorCode;
  /** Whether the event may be in the log. */
  readonly outcome: "not_sent" | "unknown";
  /** The topic. */
  readonly topic: string;
}

/**
 * An event was not acknowledged. `outcome` says whether it may be in the log
 * all the same: `"not_sent"` means that it certainly is not.
 */
export class PublishError extends KafkaError {
  /** Always `PublishError`. */
  override name = "PublishError";
  /** Why. */
  readonly code: PublishErrorCode;
  /** Whether the event may be in the log. */
  readonly outcome: "not_sent" | "unknown";
  /** The topic. */
  readonly topic: string;
  /** Whether publishing the same event again may help. */
  readonly retriable: boolean;

  /**
   * Makes the error.
   *
   * @param reason What happened, as the end of a sentence.
   * @param options The facts.
   */
  constructor(reason: string, options: PublishErrorOptions) {
    const fate = options.outcome === "not_sent"
      ? "was not sent"
      : "may or may not have been sent";
    super(`Event for "${options.topic}" ${fate}: ${reason}`, options);
    this.code = options.code;
    this.outcome = options.outcome;
    this.topic = options.topic;
    this.retriable = options.code === "timed_out" ||
      options.code === "offset_conflict";
  }
}

/**
 * Thrown by a handler to say that trying again cannot help. The event goes to
 * the dead-letter topic at once.
 *
 * @example
 * ```ts
 * import { FatalEventError } from "@huleedu/service-libs/kafka";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new FatalEventError("Essay has no text");
 * assertEquals(error.name, "FatalEventError");
 * ```
 */
export class FatalEventError extends KafkaError {
  /** Always `FatalEventError`. */
  override name = "FatalEventError";
}
