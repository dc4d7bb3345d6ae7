// Copyright 2026 the HuleEdu authors. MIT license.

import type { RedisConnection } from "./_connection.ts";

/** A connection that lived for less counts as one more failure. */
const STABLE_MS = 1_000;

/** When to connect again. */
export class Backoff {
  #failures = 0;
  #connectedAt = 0;
  #repliesBefore = 0;

  /**
   * Milliseconds to wait before the next try: none, then 50 doubling to 2,000,
   * with jitter so that the clients of a server do not come in step.
   */
  next(): number {
    const failures = this.#failures++;
    if (failures === 0) return 0;
    const full = Math.min(2_000, 50 * 2 ** (failures - 1));
    return full * (0.5 + Math.random() / 2);
  }

  /** A connection was opened. */
  connected({ replies }: RedisConnection): void {
    this.#connectedAt = performance.now();
    this.#repliesBefore = replies;
  }

  /** That connection was lost. */
  lost({ replies }: RedisConnection): void {
    const lived = performance.now() - this.#connectedAt;
    if (lived >= STABLE_MS) this.#failures = 0;
    // It was of use, so that the next is worth a try soon, but not at once: a
    // command that breaks its connection must not open one after another.
    else if (replies > this.#repliesBefore) this.#failures = 1;
  }
}
