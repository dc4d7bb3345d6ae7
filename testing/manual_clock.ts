// Copyright 2026 the HuleEdu authors. MIT license.

import { setImmediate } from "node:timers";
import type { Clock } from "../protocols.ts";

/** Options of {@linkcode ManualClock}. */
export interface ManualClockOptions {
  /**
   * What `now()` answers at first, in unix milliseconds.
   *
   * @default {1_767_225_600_000}
   */
  readonly now?: number;
}

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until a test moves it.
 *
 * A sleep of no time resolves without a move. Only the sleeps of this clock are
 * moved: timers and real I/O go on as ever.
 *
 * @example Waking a sleeper
 * ```ts
 * import { ManualClock } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = new ManualClock();
 * const woken: number[] = [];
 * clock.sleep(200).then(() => woken.push(200));
 * clock.sleep(100).then(() => woken.push(100));
 *
 * await clock.advance(150);
 * assertEquals(woken, [100]);
 * assertEquals(clock.pendingSleeps, 1);
 * await clock.advance(50);
 * assertEquals(woken, [100, 200]);
 * ```
 */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  #wallOffsetMs: number;
  #sleepers = new Set<Sleeper>();
  #lastAdvance: Promise<void> = Promise.resolve();

  /**
   * Makes a clock that stands still.
   *
   * @param options Where the wall clock begins.
   * @throws {RangeError} If `now` is not a finite number.
   */
  constructor(options: ManualClockOptions = {}) {
    const { now = Date.UTC(2026, 0, 1) } = options;
    requireFinite("create manual clock", "now", now);
    this.#wallOffsetMs = now;
  }

  /** How many sleeps have not ended. */
  get pendingSleeps(): number {
    return this.#sleepers.size;
  }

  /**
   * The time of the wall clock.
   *
   * @returns Unix milliseconds.
   */
  now(): number {
    return this.#wallOffsetMs + this.#elapsedMs;
  }

  /**
   * The time that has passed by `advance()`.
   *
   * @returns Milliseconds since the clock was made.
   */
  monotonic(): number {
    return this.#elapsedMs;
  }

  /**
   * Resolves once `advance()` has moved the time by `ms`.
   *
   * @param ms Milliseconds; 0 or less resolves at once.
   * @param options A signal that ends the sleep with its reason.
   */
  sleep(
    ms: number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (!(ms > 0)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        dueAt: this.#elapsedMs + ms,
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /**
   * Moves the time. Sleeps that fall due end one by one, the earliest first, each
   * at its own time; what they set off runs, and may sleep again, before the next
   * one ends. Calls follow each other.
   *
   * @param ms Milliseconds; 0 only lets what is ready run.
   * @throws {RangeError} If `ms` is negative or not finite.
   */
  advance(ms: number): Promise<void> {
    requireFinite("advance manual clock", "ms", ms);
    if (ms < 0) {
      throw new RangeError(
        `Cannot advance manual clock: "ms" must not be negative, received ${ms}`,
      );
    }
    this.#lastAdvance = this.#lastAdvance.then(() => this.#advance(ms));
    return this.#lastAdvance;
  }

  /**
   * Sets the wall clock forward or back, as an operator or NTP does. Sleeps and
   * the monotonic clock know nothing of it.
   *
   * @param ms Milliseconds, negative for back.
   * @throws {RangeError} If `ms` is not finite.
   */
  stepWallClock(ms: number): void {
    requireFinite("step wall clock", "ms", ms);
    this.#wallOffsetMs += ms;
  }

  async #advance(ms: number): Promise<void> {
    const endsAt = this.#elapsedMs + ms;
    await settle();
    for (
      let next = this.#nextDue(endsAt);
      next !== undefined;
      next = this.#nextDue(endsAt)
    ) {
      this.#sleepers.delete(next);
      this.#elapsedMs = next.dueAt;
      next.wake();
      await settle();
    }
    this.#elapsedMs = endsAt;
  }

  #nextDue(endsAt: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueAt > endsAt) continue;
      if (first === undefined || sleeper.dueAt < first.dueAt) first = sleeper;
    }
    return first;
  }
}

// A whole turn of the event loop: every promise job that is ready has run by
// then, however long the chain. Test helpers that replace `setTimeout` leave the
// imported `setImmediate` alone.
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}

function requireFinite(action: string, option: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new RangeError(
    `Cannot ${action}: "${option}" must be a finite number, received ${value}`,
  );
}
