// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock } from "../protocols.ts";
import { systemClock } from "../reliability/system_clock.ts";
import { FaultSchedule } from "./_fault_schedule.ts";

type Method = (...args: unknown[]) => unknown;

/** The names of the methods of a port that return a promise. */
export type AsyncMethod<T> =
  & {
    [K in keyof T]: T[K] extends (...args: never[]) => Promise<unknown> ? K
      : never;
  }[keyof T]
  & string;

/** What goes wrong. */
export type FaultKind =
  | "delay"
  | "timeout"
  | "fail"
  | "lost_reply"
  | "disconnect";

/**
 * A fault, and the calls that it strikes. Where several rules strike a call,
 * their delays add up, and the first other fault decides.
 *
 * @typeParam T The port.
 */
export interface FaultRule<T> {
  /**
   * What goes wrong.
   *
   * - `"delay"`: the call reaches the port after `ms`
   * - `"timeout"`: the call never reaches the port, and rejects after `ms`
   * - `"fail"`: the call never reaches the port, and rejects
   * - `"lost_reply"`: the call reaches the port and does its work, and rejects
   * - `"disconnect"`: this and every further call rejects, until `restore()`
   */
  readonly kind: FaultKind;
  /** The method, or methods. All that return a promise by default. */
  readonly method?: AsyncMethod<T> | readonly AsyncMethod<T>[];
  /** Which of the calls of these methods, from 1. Each by default. */
  readonly nth?: number | readonly number[];
  /**
   * How likely each of these calls is struck, from 0 to 1.
   *
   * @default {1}
   */
  readonly probability?: number;
  /**
   * Milliseconds that a delay or a timeout takes, or the bounds of a random
   * number of them.
   *
   * @default {0}
   */
  readonly ms?: number | readonly [min: number, max: number];
  /** What the call rejects with. A {@linkcode FaultError} by default. */
  readonly error?: () => unknown;
}

/** Options of {@linkcode withFaults}. */
export interface FaultOptions<T> {
  /**
   * The same seed and calls give the same faults.
   *
   * @default {0}
   */
  readonly seed?: number;
  /** The faults. None by default; `inject()` adds some later. */
  readonly rules?: readonly FaultRule<T>[];
  /**
   * Methods without a promise, which no fault can strike. A call of a method
   * that is not named here gets a promise.
   */
  readonly sync?: readonly Exclude<keyof T & string, AsyncMethod<T>>[];
  /**
   * Waits for delays and timeouts.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/** One call of a port. */
export interface FaultCall {
  /** The method. */
  readonly method: string;
  /** The arguments. */
  readonly args: readonly unknown[];
  /** How many calls the method has had, this one included. */
  readonly nth: number;
  /** What was decided to go wrong, or `null`. */
  readonly fault: FaultKind | null;
}

/** A port with faults, and the means to steer them. */
export interface FaultyPort<T> {
  /** The port to hand out. */
  readonly port: T;
  /** What was called so far, in order. A copy. */
  readonly calls: readonly FaultCall[];
  /** Whether every call rejects. */
  readonly disconnected: boolean;
  /** Adds a rule. Its `nth` counts from now. */
  inject(rule: FaultRule<T>): void;
  /** Makes every call reject without reaching the port. */
  disconnect(): void;
  /** Ends a disconnect. */
  restore(): void;
}

/** What a call rejects with that a fault struck. */
export class FaultError extends Error {
  /** Always `FaultError`. */
  override name = "FaultError";
  /** What went wrong. */
  readonly kind: FaultKind;
  /** The method. */
  readonly method: string;

  /**
   * Makes the error.
   *
   * @param kind What went wrong.
   * @param method The method.
   */
  constructor(kind: FaultKind, method: string) {
    super(`Injected fault in "${method}": ${kind}`);
    this.kind = kind;
    this.method = method;
  }
}

/**
 * Wraps a port so that its calls go wrong as the rules say. Everything but
 * methods named by a text passes through: properties, iterators, disposal.
 *
 * @typeParam T The port.
 * @param port The port. It is not changed.
 * @param options The seed and the rules.
 * @returns The port with faults.
 * @throws {RangeError} If a number in a rule is out of range.
 *
 * @example The reply of the second claim is lost
 * ```ts
 * import { MemoryIdempotencyStore, withFaults } from "@huleedu/service-libs/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const store = new MemoryIdempotencyStore();
 * const faulty = withFaults(store, {
 *   sync: ["status", "record", "clear"],
 *   rules: [{ kind: "lost_reply", method: "claim", nth: 2 }],
 * });
 * const record = {
 *   processedBy: "grading",
 *   eventId: "e-1",
 *   correlationId: "c-1",
 *   sourceService: "essays",
 * };
 * await faulty.port.claim("a", 1_000, record);
 * await assertRejects(() => faulty.port.claim("b", 1_000, record));
 * assertEquals(faulty.port.status("b"), "in_progress");
 * assertEquals(faulty.calls.map((call) => call.fault), [null, "lost_reply"]);
 * ```
 */
export function withFaults<T extends object>(
  port: T,
  options: FaultOptions<T> = {},
): FaultyPort<T> {
  const { seed = 0, rules = [], clock = systemClock } = options;
  const sync = new Set<string>(options.sync ?? []);
  const schedule = new FaultSchedule<T>(seed);
  for (const rule of rules) schedule.add(rule);
  const calls: FaultCall[] = [];
  const counts = new Map<string, number>();
  const wrappers = new Map<string, Method>();
  let disconnected = false;

  async function call(
    method: string,
    args: readonly unknown[],
    reach: () => unknown,
  ): Promise<unknown> {
    const nth = (counts.get(method) ?? 0) + 1;
    counts.set(method, nth);
    const struck = schedule.strike(method);
    const fault = disconnected ? "disconnect" : struck.kind;
    calls.push({ method, args, nth, fault });
    if (fault === "disconnect") disconnected = true;
    const fail = (): unknown =>
      struck.kind === fault && struck.error !== undefined
        ? struck.error()
        : new FaultError(fault ?? "fail", method);
    if (fault === "disconnect" || fault === "fail") throw fail();
    if (struck.delayMs > 0) await clock.sleep(struck.delayMs);
    if (fault === "timeout") throw fail();
    const result = await reach();
    if (fault === "lost_reply") throw fail();
    return result;
  }

  function wrap(name: string, method: Method): Method {
    return (...args) => {
      const reach = (): unknown => Reflect.apply(method, port, args);
      if (!sync.has(name)) return call(name, args, reach);
      const result = reach();
      return result === port ? faulty : result;
    };
  }

  // The target is an empty object of the same class: the port itself may be
  // frozen, and a proxy may not answer for what is frozen in its target.
  const faulty: T = new Proxy(Object.create(Object.getPrototypeOf(port)), {
    get(_target, name): unknown {
      const value: unknown = Reflect.get(port, name, port);
      if (typeof value !== "function") return value;
      if (typeof name === "symbol") return value.bind(port);
      const wrapper = wrappers.get(name) ?? wrap(name, value as Method);
      wrappers.set(name, wrapper);
      return wrapper;
    },
    set: (_target, name, value) => Reflect.set(port, name, value, port),
    has: (_target, name) => Reflect.has(port, name),
  });

  return {
    port: faulty,
    get calls(): readonly FaultCall[] {
      return [...calls];
    },
    get disconnected(): boolean {
      return disconnected;
    },
    inject: (rule) => schedule.add(rule),
    disconnect: () => {
      disconnected = true;
    },
    restore: () => {
      disconnected = false;
    },
  };
}
