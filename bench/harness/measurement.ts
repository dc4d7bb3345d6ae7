// Copyright 2026 the HuleEdu authors. MIT license.

import type { RuntimeName } from "./runtime.ts";

/** What is asked of a ratio, or of ours where there is no peer. */
export type Floor = { readonly atLeast: number } | { readonly atMost: number };

/** One measurement: a line of `--json`. */
export interface Measurement {
  /** The benchmark it belongs to. */
  readonly bench: string;
  /** What is measured, in words. */
  readonly measure: string;
  /** Where it was measured. */
  readonly runtime: RuntimeName;
  /** The median of our rounds, in `unit`. */
  readonly ours: number;
  /** Who we are compared with, and how it is used; `null` for nobody. */
  readonly peer: string | null;
  /** The median of the peer's rounds, in `unit`. */
  readonly theirs: number | null;
  /** The median over the rounds of ours / theirs of the same round. */
  readonly ratio: number | null;
  /** The lowest and the highest ratio of a round; of ours without a peer. */
  readonly spread: readonly [lowest: number, highest: number];
  /** How many rounds were counted. */
  readonly rounds: number;
  /** What `ours` and `theirs` are given in. */
  readonly unit: string;
  /** How large and how many everything was. */
  readonly params: Readonly<Record<string, string | number>>;
  /** What is asked for, on Deno; `null` for nothing. */
  readonly floor: Floor | null;
}

/** Tells whether a measurement is what is asked for. */
export function meetsFloor(measurement: Measurement): boolean {
  const { floor } = measurement;
  if (floor === null) return true;
  const value = measurement.ratio ?? measurement.ours;
  return "atLeast" in floor ? value >= floor.atLeast : value <= floor.atMost;
}
