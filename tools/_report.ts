// Copyright 2026 the HuleEdu authors. MIT license.

import { InterruptedError } from "./_run.ts";
import type { Counts } from "./count_tests.ts";
import { note, print } from "./terminal.ts";

/** One part of a run. */
export interface Step {
  /** Its name in the summary. */
  readonly name: string;
  /** Does it. A step that throws has failed. */
  readonly run: () => Promise<Counts>;
}

/** A step that was run. */
export interface StepResult extends Counts {
  /** The step's name. */
  readonly name: string;
  /** How long it took. */
  readonly seconds: number;
}

/** Runs the steps one by one, all of them whatever fails. */
export async function runSteps(steps: readonly Step[]): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const { name, run } of steps) {
    print(`\n--- ${name}`);
    const start = performance.now();
    const counts = await run().catch(countAsFailed);
    const seconds = (performance.now() - start) / 1000;
    results.push({ name, seconds, ...counts });
  }
  return results;
}

/** Prints a line a step, the slow and the failed easy to see. */
export function printSummary(results: readonly StepResult[]): void {
  const width = Math.max(...results.map(({ name }) => name.length));
  print("");
  for (const { name, seconds, passed, failed } of results) {
    const verdict = failed === 0 ? "ok    " : "FAILED";
    const time = `${seconds.toFixed(1)} s`.padStart(8);
    const counts = `${passed} passed, ${failed} failed`;
    print(`${verdict} ${name.padEnd(width)} ${time}   ${counts}`);
  }
}

/** Adds the counts of all steps up. */
export function sumUp(results: readonly StepResult[]): Counts {
  let passed = 0;
  let failed = 0;
  for (const result of results) {
    passed += result.passed;
    failed += result.failed;
  }
  return { passed, failed };
}

function countAsFailed(error: unknown): Counts {
  if (error instanceof InterruptedError) throw error;
  note(error instanceof Error ? error.message : String(error));
  return { passed: 0, failed: 1 };
}
