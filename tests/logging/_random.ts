// Copyright 2026 the HuleEdu authors. MIT license.

/** Random numbers from a seed. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** One of some items. */
  pick<T>(items: readonly T[]): T;
}

/** Makes random numbers: the same ones for the same seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // Mulberry32.
  function below(limit: number): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * limit);
  }
  return { below, pick: (items) => items[below(items.length)]! };
}
