// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * A source of random numbers that gives the same ones for the same seed. Not
 * for secrets.
 *
 * Source of the algorithm: "mulberry32" by Tommy Ettinger, public domain.
 *
 * @param seed A 32-bit integer.
 * @returns A function that answers a number from 0 up to 1, as `Math.random`.
 *
 * @example Repeating a sequence
 * ```ts
 * import { seededRandom } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const first = seededRandom(7);
 * const second = seededRandom(7);
 * assertEquals([first(), first()], [second(), second()]);
 * ```
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
