// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";
import { median } from "./median.ts";
import type { Floor, Measurement } from "./measurement.ts";
import { reportMeasurement } from "./report_measurement.ts";
import { runtimeName } from "./runtime.ts";

/** One of those who are compared. */
export interface Contender {
  /** Does the work once and gives how it went, in the comparison's unit. */
  run(): Promise<number>;
}

/** Somebody to be compared with. */
export interface Peer extends Contender {
  /** What it is and how it is used. */
  readonly name: string;
  /** What is asked of ours / theirs. */
  readonly floor: Floor;
}

/** A comparison of ours with peers that do the same work. */
export interface Comparison {
  /** The benchmark it belongs to. */
  readonly bench: string;
  /** What is measured, in words. */
  readonly measure: string;
  /** What `run()` gives. */
  readonly unit: string;
  /** How large and how many everything is. */
  readonly params: Readonly<Record<string, string | number>>;
  /** Ours. */
  readonly ours: Contender;
  /** Those who do the same work. */
  readonly peers: readonly Peer[];
  /**
   * Rounds that count; one more to warm up goes before.
   *
   * @default {7}
   */
  readonly rounds?: number;
}

/**
 * Runs ours and the peers in turn, round by round, and reports the median of
 * the rounds' ratios for each peer. Who was first in a round is last in the
 * next one, so that a machine that slows down or speeds up favours nobody.
 */
export async function compare(comparison: Comparison): Promise<void> {
  const { bench, measure, unit, params, ours, peers, rounds = 7 } = comparison;
  const all: readonly Contender[] = [ours, ...peers];
  const values = all.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    const step = round === 0 ? "warm-up" : `round ${round} of ${rounds}`;
    process.stderr.write(`${bench} on ${runtimeName()}: ${measure}: ${step}\n`);
    const order = [...all.keys()];
    if (round % 2 === 1) order.reverse();
    for (const index of order) {
      const value = await all[index]!.run();
      if (round > 0) values[index]!.push(value);
    }
  }
  const [our = [], ...their] = values;
  peers.forEach(({ name, floor }, index) => {
    const theirs = their[index]!;
    const ratios = our.map((value, round) => value / theirs[round]!);
    const measurement: Measurement = {
      bench,
      measure,
      runtime: runtimeName(),
      ours: median(our),
      peer: name,
      theirs: median(theirs),
      ratio: median(ratios),
      spread: [Math.min(...ratios), Math.max(...ratios)],
      rounds,
      unit,
      params,
      floor,
    };
    reportMeasurement(measurement);
  });
}
