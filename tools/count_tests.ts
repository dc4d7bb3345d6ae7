// Copyright 2026 the HuleEdu authors. MIT license.

/** How many tests, or checks, went well and how many did not. */
export interface Counts {
  /** What went well. */
  readonly passed: number;
  /** What did not. */
  readonly failed: number;
}

/** `ok | 12 passed (3 steps) | 0 failed | 1 ignored (20ms)`. */
const DENO_LINE =
  /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm;
/** `12 passed, 0 failed`, maybe after a name and a colon. */
const PLAIN_LINE = /^(?:.*: )?(\d+) passed, (\d+) failed$/gm;

/**
 * Counts the tests of a run from the result lines in its output: Deno's, and
 * the plain `N passed, N failed` of our own scripts. A run that ended badly
 * without a failed test counts as one failure, and so does a run of nothing. An
 * ignored test has failed: it shows nothing.
 *
 * @param code The exit code of the run.
 * @param output What it wrote, without colours.
 * @returns The counts over all result lines.
 */
export function countTests(code: number, output: string): Counts {
  let passed = 0;
  let failed = 0;
  for (const line of [DENO_LINE, PLAIN_LINE]) {
    for (const match of output.matchAll(line)) {
      passed += Number(match[1]);
      failed += Number(match[2]) + Number(match[3] ?? 0);
    }
  }
  const badEnd = code !== 0 || passed === 0;
  return { passed, failed: failed === 0 && badEnd ? 1 : failed };
}
