// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock } from "../protocols.ts";

// Runtimes keep a timer's delay in a signed 32-bit integer and fire at once
// when it does not fit.
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The clock of the machine: `Date.now()`, `performance.now()` and `setTimeout`.
 * The default wherever a policy takes a `clock`.
 *
 * A sleep of any length works, `Infinity` included: it then ends with its
 * signal only.
 *
 * @example Waiting
 * ```ts
 * import { systemClock } from "@huleedu/service-libs/reliability";
 * import { assert } from "@std/assert";
 *
 * const start = systemClock.monotonic();
 * await systemClock.sleep(1);
 * assert(systemClock.monotonic() >= start);
 * ```
 */
export const systemClock: Clock = { now, monotonic, sleep };

function now(): number {
  return Date.now();
}

function monotonic(): number {
  return performance.now();
}

function sleep(
  ms: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let timer: ReturnType<typeof setTimeout>;
    function arm(left: number): void {
      const step = Math.min(left, MAX_TIMER_MS);
      timer = setTimeout(() => left > step ? arm(left - step) : wake(), step);
    }
    function wake(): void {
      signal?.removeEventListener("abort", abort);
      resolve();
    }
    function abort(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", abort, { once: true });
    arm(ms > 0 ? ms : 0);
  });
}
