// Copyright 2026 the HuleEdu authors. MIT license.

import type { StopOptions } from "../protocols.ts";

const DEFAULT_MS = 30_000;
/** The longest that a timer waits; more makes it fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * How long a stop may take; `Infinity` is as long as a timer can wait.
 *
 * @throws {RangeError} If it is negative or no number.
 */
export function stopTimeout(
  subject: string,
  { timeoutMs = DEFAULT_MS }: StopOptions,
): number {
  if (typeof timeoutMs === "number" && timeoutMs >= 0) {
    return Math.min(timeoutMs, LONGEST_MS);
  }
  throw new RangeError(
    `Cannot stop ${subject}: "timeoutMs" must be 0 or more, received ${timeoutMs}`,
  );
}
