// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Stand-in for `jsr:@std/testing/time` on machines that cannot reach JSR, on
 * `@sinonjs/fake-timers`. Never published.
 *
 * @module
 */

// @ts-types="@types/sinonjs__fake-timers"
import { createClock } from "@sinonjs/fake-timers";

/** Thrown when a second fake is installed, or one is restored twice. */
export class TimeError extends Error {
  /** Builds the error from its message. */
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** What is faked; everything else, such as `performance`, stays real. */
interface FakedGlobals {
  Date: typeof Date;
  setTimeout: unknown;
  clearTimeout: unknown;
  setInterval: unknown;
  clearInterval: unknown;
}

type Clock = ReturnType<typeof createClock>;

/** Only a guard against a timer that re-arms itself for ever. */
const LOOP_LIMIT = 1_000_000;

const target = globalThis as unknown as FakedGlobals;
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;
let installed: FakeTime | undefined;

/** Replaces `Date` and the timers by a clock that only tests move. */
export class FakeTime {
  #clock: Clock;
  #start: number;
  #real: FakedGlobals;

  /** Installs the fake, at the given time or now. */
  constructor(start?: number | string | Date | null) {
    if (installed) throw new TimeError("Time is already faked");
    const { Date, setTimeout, clearTimeout, setInterval, clearInterval } =
      target;
    this.#real = {
      Date,
      setTimeout,
      clearTimeout,
      setInterval,
      clearInterval,
    };
    this.#start = start === undefined || start === null
      ? Date.now()
      : new Date(start).valueOf();
    if (Number.isNaN(this.#start)) {
      throw new TypeError(`Invalid start time: ${start}`);
    }
    this.#clock = createClock(this.#start, LOOP_LIMIT);
    target.Date = this.#clock.Date as unknown as typeof Date;
    target.setTimeout = this.#clock.setTimeout;
    target.clearTimeout = this.#clock.clearTimeout;
    target.setInterval = this.#clock.setInterval;
    target.clearInterval = this.#clock.clearInterval;
    installed = this;
  }

  /** Restores the fake that is installed now. */
  static restore(): void {
    if (!installed) throw new TimeError("Time is already restored");
    installed.restore();
  }

  /** Milliseconds since the epoch, as the fake clock has it. */
  get now(): number {
    return this.#clock.now;
  }

  /** Moves the clock forward to a time, firing what is due. */
  set now(value: number) {
    if (value < this.now) throw new RangeError("Cannot go back in time");
    this.#clock.tick(value - this.now);
  }

  /** When the fake clock started. */
  get start(): number {
    return this.#start;
  }

  /** Waits for `ms` real milliseconds. */
  delay(ms: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        realClearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = realSetTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Lets every pending microtask run. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves the clock by `ms`, firing what is due. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** Lets microtasks run, then moves the clock by `ms`. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves the clock to the next timer and fires it; `false` if none waits. */
  next(): boolean {
    if (this.#clock.countTimers() === 0) return false;
    this.#clock.next();
    return true;
  }

  /** Lets microtasks run, then does what `next()` does. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Fires timers until none waits. */
  runAll(): void {
    while (this.next());
  }

  /** Lets microtasks run and fires timers until none waits. */
  async runAllAsync(): Promise<void> {
    while (await this.nextAsync());
  }

  /** Puts the real time back. */
  restore(): void {
    if (installed !== this) throw new TimeError("Time is already restored");
    Object.assign(target, this.#real);
    installed = undefined;
  }

  /** The same as `restore()`, for `using`. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
