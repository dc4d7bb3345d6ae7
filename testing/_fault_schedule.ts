// Copyright 2026 the HuleEdu authors. MIT license.

import type { FaultKind, FaultRule } from "./faults.ts";
import { seededRandom } from "./seeded_random.ts";

/** What strikes one call. */
export interface Strike {
  readonly kind: FaultKind | null;
  readonly delayMs: number;
  readonly error: (() => unknown) | undefined;
}

/** Decides, call by call, which faults strike. */
export class FaultSchedule<T> {
  #random: () => number;
  #rules: Array<{ readonly rule: FaultRule<T>; calls: number }> = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  add(rule: FaultRule<T>): void {
    requireRule(rule);
    this.#rules.push({ rule, calls: 0 });
  }

  strike(method: string): Strike {
    let kind: FaultKind | null = null;
    let error: (() => unknown) | undefined;
    let delayMs = 0;
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (!list(rule.method ?? method).includes(method)) continue;
      entry.calls++;
      // Drawn even where nothing is struck, so that one rule's outcome does not
      // shift the numbers of the next.
      const { probability = 1 } = rule;
      const strikes = probability === 1 || this.#random() < probability;
      const ms = this.#draw(rule.ms ?? 0);
      if (!strikes || !list(rule.nth ?? entry.calls).includes(entry.calls)) {
        continue;
      }
      if (rule.kind === "delay") {
        delayMs += ms;
        kind ??= "delay";
      } else if (kind === null || kind === "delay") {
        delayMs += rule.kind === "timeout" ? ms : 0;
        kind = rule.kind;
        error = rule.error;
      }
    }
    return { kind, delayMs, error };
  }

  #draw(ms: number | readonly [number, number]): number {
    if (typeof ms === "number") return ms;
    const [min, max] = ms;
    return min + (max - min) * this.#random();
  }
}

function requireRule<T>(rule: FaultRule<T>): void {
  const { probability = 1, ms = 0, nth = 1 } = rule;
  requireAll("probability", [probability], (value) => value >= 0 && value <= 1);
  requireAll("ms", list(ms), (value) => value >= 0 && value < Infinity);
  requireAll(
    "nth",
    list(nth),
    (value) => Number.isSafeInteger(value) && value > 0,
  );
}

function requireAll(
  option: string,
  values: readonly number[],
  holds: (value: number) => boolean,
): void {
  for (const value of values) {
    if (holds(value)) continue;
    throw new RangeError(
      `Cannot add fault rule: "${option}" is out of range, received ${value}`,
    );
  }
}

function list<V extends string | number>(
  value: V | readonly V[],
): readonly V[] {
  return typeof value === "object" ? value : [value];
}
