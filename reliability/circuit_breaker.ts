// Copyright 2026 the HuleEdu authors. MIT license.

import { observe } from "../events/metrics.ts";
import type { Clock, Logger } from "../protocols.ts";
import { CircuitOpenError } from "./errors.ts";
import { requireDuration, requireInteger, requireText } from "./_options.ts";
import { systemClock } from "./system_clock.ts";

/**
 * The state of a circuit: `"closed"` lets every call through, `"open"` none,
 * `"half_open"` a few, to see whether the failure has passed.
 */
export type CircuitState = "closed" | "open" | "half_open";

/** A change of a circuit's state. */
export interface CircuitStateChange {
  /** The name of the circuit breaker. */
  readonly circuit: string;
  /** The state before. */
  readonly from: CircuitState;
  /** The state after. */
  readonly to: CircuitState;
}

/** What a circuit breaker knows, at one moment. */
export interface CircuitSnapshot {
  /** The name of the circuit breaker. */
  readonly circuit: string;
  /** The state. */
  readonly state: CircuitState;
  /** Failures in a row, while closed; those that opened it, while open. */
  readonly failureCount: number;
  /** Successful probes so far, while half open. */
  readonly successCount: number;
  /** Probes under way. */
  readonly activeProbes: number;
  /** Milliseconds until a call is let through; 0 unless open. */
  readonly retryAfterMs: number;
  /** When the last failure was counted, in unix milliseconds, or `null`. */
  readonly lastFailureAt: number | null;
}

/** Options of {@linkcode CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /**
   * Names the circuit in errors and log lines.
   *
   * @default {"circuit_breaker"}
   */
  readonly name?: string;
  /**
   * Failures in a row that open the circuit.
   *
   * @default {5}
   */
  readonly failureThreshold?: number;
  /**
   * Milliseconds that the circuit stays open before it lets a probe through. A
   * probe without an answer for as long is given up.
   *
   * @default {60_000}
   */
  readonly recoveryTimeoutMs?: number;
  /**
   * Successful probes that close the circuit.
   *
   * @default {2}
   */
  readonly successThreshold?: number;
  /**
   * Probes under way at one time.
   *
   * @default {1}
   */
  readonly maxProbes?: number;
  /**
   * Whether an error speaks against the service. Any other error passes through
   * and counts neither way. Every error does by default.
   */
  readonly isFailure?: (error: unknown) => boolean;
  /** Called after each change of state. What it throws is logged. */
  readonly onStateChange?: (change: CircuitStateChange) => void;
  /**
   * Tells the time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /** Where failures and changes of state are logged. Nowhere by default. */
  readonly logger?: Logger;
}

/** Options of {@linkcode CircuitBreaker.execute}. */
export interface ExecuteOptions {
  /**
   * Gives the call up. It is passed to the function, and an error that comes
   * after it fired counts neither way.
   */
  readonly signal?: AbortSignal;
}

/** The states, as `huleedu.circuit_breaker.state` tells them. */
const STATE_NUMBERS: Readonly<Record<CircuitState, number>> = {
  closed: 0,
  half_open: 1,
  open: 2,
};

interface Call {
  readonly generation: number;
  readonly startedAt: number;
}

/**
 * Stops calling what fails: after some failures in a row the calls are refused
 * for a while, then a few probes decide whether the circuit closes again.
 *
 * Time is read from the monotonic clock, so that a change of the wall clock
 * moves nothing. A result counts only in the state in which its call began: a
 * failure that comes in late neither opens a circuit that has recovered nor
 * keeps one open for longer.
 *
 * @example Refusing calls after two failures
 * ```ts
 * import { CircuitBreaker, CircuitOpenError } from "@huleedu/service-libs/reliability";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const breaker = new CircuitBreaker({ name: "grading", failureThreshold: 2 });
 * const failing = () => Promise.reject(new Error("down"));
 * await assertRejects(() => breaker.execute(failing), Error, "down");
 * await assertRejects(() => breaker.execute(failing), Error, "down");
 *
 * assertEquals(breaker.state, "open");
 * await assertRejects(() => breaker.execute(failing), CircuitOpenError);
 * ```
 */
export class CircuitBreaker {
  #name: string;
  #failureThreshold: number;
  #recoveryTimeoutMs: number;
  #successThreshold: number;
  #maxProbes: number;
  #isFailure: (error: unknown) => boolean;
  #onStateChange: ((change: CircuitStateChange) => void) | undefined;
  #clock: Clock;
  #logger: Logger | undefined;

  #state: CircuitState = "closed";
  #generation = 0;
  #failures = 0;
  #successes = 0;
  #openedAt = 0;
  #lastFailureAt: number | null = null;
  #probes = new Set<Call>();

  /**
   * Makes a breaker, closed.
   *
   * @param options Thresholds, clock and logger.
   * @throws {RangeError} If a threshold or a duration is out of range.
   * @throws {TypeError} If an option is of the wrong kind.
   */
  constructor(options: CircuitBreakerOptions = {}) {
    const {
      name = "circuit_breaker",
      failureThreshold = 5,
      recoveryTimeoutMs = 60_000,
      successThreshold = 2,
      maxProbes = 1,
    } = options;
    const action = "create circuit breaker";
    requireText(action, "name", name);
    requireInteger(action, "failureThreshold", failureThreshold, 1);
    requireDuration(action, "recoveryTimeoutMs", recoveryTimeoutMs, 0);
    requireInteger(action, "successThreshold", successThreshold, 1);
    requireInteger(action, "maxProbes", maxProbes, 1);
    this.#name = name;
    this.#failureThreshold = failureThreshold;
    this.#recoveryTimeoutMs = recoveryTimeoutMs;
    this.#successThreshold = successThreshold;
    this.#maxProbes = maxProbes;
    this.#isFailure = options.isFailure ?? (() => true);
    this.#onStateChange = options.onStateChange;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger;
    observe("huleedu.circuit_breaker.state", this, (self) => [[
      STATE_NUMBERS[self.#state],
      { "huleedu.circuit": self.#name },
    ]]);
  }

  /**
   * The state. An open circuit stays `"open"` until a call comes after the
   * recovery time.
   */
  get state(): CircuitState {
    return this.#state;
  }

  /**
   * Calls `fn`, unless the circuit is open.
   *
   * @typeParam T What `fn` answers.
   * @param fn The call. It gets the signal.
   * @param options The signal.
   * @returns What `fn` answers.
   * @throws {CircuitOpenError} If the circuit is open, or half open with all
   * its probes under way. `fn` is not called then.
   */
  async execute<T>(
    fn: (signal: AbortSignal | undefined) => T | Promise<T>,
    options: ExecuteOptions = {},
  ): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    const call = this.#admit();
    let result: T;
    try {
      result = await fn(signal);
    } catch (error) {
      this.#failed(call, error, signal);
      throw error;
    }
    this.#succeeded(call);
    return result;
  }

  /**
   * What the breaker knows now.
   *
   * @returns A copy; it does not change later.
   */
  snapshot(): CircuitSnapshot {
    return {
      circuit: this.#name,
      state: this.#state,
      failureCount: this.#failures,
      successCount: this.#successes,
      activeProbes: this.#probes.size,
      retryAfterMs: this.#retryAfterMs(),
      lastFailureAt: this.#lastFailureAt,
    };
  }

  /** Closes the circuit and forgets all failures. */
  reset(): void {
    this.#logger?.info("Circuit breaker reset", { circuit: this.#name });
    this.#lastFailureAt = null;
    this.#move("closed");
  }

  /**
   * Lets the next call of an open circuit through as a probe, without waiting
   * for the rest of the recovery time. Does nothing in another state.
   */
  halfOpen(): void {
    if (this.#state === "open") this.#move("half_open");
  }

  #admit(): Call {
    const startedAt = this.#clock.monotonic();
    if (this.#state === "open") {
      const retryAfterMs = this.#retryAfterMs();
      if (retryAfterMs > 0) {
        throw new CircuitOpenError(this.#name, retryAfterMs);
      }
      this.#move("half_open");
    }
    if (this.#state === "half_open") this.#makeRoom(startedAt);
    const call: Call = { generation: this.#generation, startedAt };
    if (this.#state === "half_open") this.#probes.add(call);
    return call;
  }

  // A probe that never ends must not keep the circuit half open for ever.
  #makeRoom(now: number): void {
    let waitMs = Infinity;
    for (const probe of this.#probes) {
      const leftMs = probe.startedAt + this.#recoveryTimeoutMs - now;
      if (leftMs <= 0) this.#probes.delete(probe);
      else waitMs = Math.min(waitMs, leftMs);
    }
    if (this.#probes.size < this.#maxProbes) return;
    throw new CircuitOpenError(this.#name, waitMs);
  }

  #succeeded(call: Call): void {
    if (!this.#counts(call)) return;
    if (this.#state === "closed") {
      this.#failures = 0;
      return;
    }
    this.#successes++;
    if (this.#successes >= this.#successThreshold) this.#move("closed");
  }

  #failed(call: Call, error: unknown, signal: AbortSignal | undefined): void {
    if (!this.#counts(call)) return;
    if (signal?.aborted || !this.#isFailure(error)) return;
    this.#lastFailureAt = this.#clock.now();
    if (this.#state === "closed") this.#failures++;
    this.#logger?.warn("Call failed", {
      circuit: this.#name,
      state: this.#state,
      failureCount: this.#failures,
      error,
    });
    const opens = this.#state === "half_open" ||
      this.#failures >= this.#failureThreshold;
    if (opens) this.#move("open");
  }

  #counts(call: Call): boolean {
    const probing = this.#probes.delete(call);
    if (call.generation !== this.#generation) return false;
    return probing || this.#state === "closed";
  }

  #move(to: CircuitState): void {
    const from = this.#state;
    this.#state = to;
    this.#generation++;
    this.#probes.clear();
    this.#successes = 0;
    if (to === "open") this.#openedAt = this.#clock.monotonic();
    else this.#failures = 0;
    if (from !== to) this.#announce({ circuit: this.#name, from, to });
  }

  #announce(change: CircuitStateChange): void {
    const level = change.to === "open" ? "error" : "info";
    this.#logger?.[level]("Circuit breaker changed state", { ...change });
    try {
      this.#onStateChange?.(change);
    } catch (error) {
      this.#logger?.error("State change listener failed", { ...change, error });
    }
  }

  #retryAfterMs(): number {
    if (this.#state !== "open") return 0;
    const endsAt = this.#openedAt + this.#recoveryTimeoutMs;
    return Math.max(0, endsAt - this.#clock.monotonic());
  }
}
