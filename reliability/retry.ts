// Copyright 2026 the HuleEdu authors. MIT license.

import { count } from "../events/metrics.ts";
import type { Clock } from "../protocols.ts";
import { RetryError } from "./errors.ts";
import { requireChoice, requireDuration, requireInteger } from "./_options.ts";
import { systemClock } from "./system_clock.ts";

/** Options of {@linkcode retry}. */
export interface RetryOptions {
  /**
   * How often the function is called at the most, the first call included.
   *
   * @default {5}
   */
  readonly maxAttempts?: number;
  /**
   * Milliseconds to wait after the first failure; each further wait is twice as
   * long.
   *
   * @default {100}
   */
  readonly baseDelayMs?: number;
  /**
   * Milliseconds that no wait exceeds.
   *
   * @default {10_000}
   */
  readonly maxDelayMs?: number;
  /**
   * `"full"` waits for a random part of the delay, so that callers that failed
   * together do not come back together; `"none"` waits for all of it.
   *
   * @default {"full"}
   */
  readonly jitter?: "full" | "none";
  /**
   * Random numbers from 0 up to 1 for the jitter. Give a seeded source for
   * repeatable waits.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
  /**
   * Whether another attempt can help. An error that is not retriable is thrown
   * as it is. Every error is by default.
   */
  readonly isRetriable?: (error: unknown, attempt: number) => boolean;
  /** Gives up, before an attempt and while waiting. */
  readonly signal?: AbortSignal;
  /**
   * Waits.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/**
 * Calls a function until it succeeds, with exponential backoff in between.
 *
 * Source of the default jitter: "Exponential Backoff And Jitter", AWS
 * Architecture Blog, "Full Jitter".
 *
 * @typeParam T What the function answers.
 * @param fn The call. It gets the number of the attempt, from 1.
 * @param options Attempts, delays, signal and clock.
 * @returns What the first successful call answers.
 * @throws {RetryError} If the last attempt failed too; `cause` is its error.
 * @throws {RangeError} If a number among the options is out of range.
 * @throws {TypeError} If an option is of the wrong kind.
 * @throws The error itself if it is not retriable, and the signal's reason if
 * the signal fired.
 *
 * @example The third attempt succeeds
 * ```ts
 * import { retry } from "@huleedu/service-libs/reliability";
 * import { assertEquals } from "@std/assert";
 *
 * const answer = await retry((attempt) => {
 *   if (attempt < 3) throw new Error("busy");
 *   return attempt;
 * }, { baseDelayMs: 1 });
 * assertEquals(answer, 3);
 * ```
 */
export async function retry<T>(
  fn: (attempt: number) => T | Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { maxAttempts = 5, isRetriable, signal, clock = systemClock } = options;
  const delayMs = backoff(options);
  if (maxAttempts !== Infinity) {
    requireInteger("retry", "maxAttempts", maxAttempts, 1);
  }
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await fn(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      if (isRetriable !== undefined && !isRetriable(error, attempt)) {
        throw error;
      }
      if (attempt >= maxAttempts) throw new RetryError(attempt, error);
    }
    count("huleedu.retry.retries", {});
    await clock.sleep(delayMs(attempt), signal === undefined ? {} : { signal });
  }
}

function backoff(options: RetryOptions): (attempt: number) => number {
  const { baseDelayMs = 100, maxDelayMs = 10_000, jitter = "full" } = options;
  const random = options.random ?? Math.random;
  requireDuration("retry", "baseDelayMs", baseDelayMs, 0);
  requireDuration("retry", "maxDelayMs", maxDelayMs, 0);
  requireChoice("retry", "jitter", jitter, ["full", "none"]);
  return (attempt) => {
    // 2 ** 1024 is Infinity, and 0 times Infinity is no delay at all.
    const growth = 2 ** Math.min(attempt - 1, 1_000);
    const delayMs = Math.min(maxDelayMs, baseDelayMs * growth);
    return jitter === "full" ? delayMs * random() : delayMs;
  };
}
