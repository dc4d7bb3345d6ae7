// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock } from "../protocols.ts";
import type { AbortScope } from "../redis/abort_scope.ts";

/** Takes a value from the first of the lists that has one. */
export type TryPop = (keys: readonly string[]) => [string, string] | null;

interface Waiter {
  readonly keys: readonly string[];
  readonly take: (popped: [string, string]) => void;
}

/** BLPOP in memory: who waits longest is served first. */
export class MemoryBlockingPops {
  readonly #clock: Clock;
  readonly #tryPop: TryPop;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock, tryPop: TryPop) {
    this.#clock = clock;
    this.#tryPop = tryPop;
  }

  /** Gives what has come to those who wait for it. */
  serve(): void {
    for (const waiter of this.#waiters) {
      const popped = this.#tryPopQuietly(waiter.keys);
      if (popped !== null) waiter.take(popped);
    }
  }

  /** Waits for a value; rejects with the reason of the scope's signal. */
  async pop(
    keys: readonly string[],
    timeoutMs: number,
    scope: AbortScope,
  ): Promise<[string, string] | null> {
    scope.signal.throwIfAborted();
    const now = this.#tryPop(keys);
    if (now !== null) return now;
    const popped = await this.#wait(keys, timeoutMs, scope.signal);
    if (popped === null) scope.signal.throwIfAborted();
    // Ends the sleep.
    scope.abort();
    return popped;
  }

  /** A key that has come to hold something else keeps its waiter waiting. */
  #tryPopQuietly(keys: readonly string[]): [string, string] | null {
    try {
      return this.#tryPop(keys);
    } catch {
      return null;
    }
  }

  #wait(
    keys: readonly string[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<[string, string] | null> {
    return new Promise((resolve) => {
      const end = (popped: [string, string] | null) => {
        this.#waiters.delete(waiter);
        resolve(popped);
      };
      const waiter: Waiter = { keys, take: end };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", () => end(null), { once: true });
      if (timeoutMs === 0) return;
      this.#clock.sleep(timeoutMs, { signal })
        .then(() => end(null), () => end(null));
    });
  }
}
