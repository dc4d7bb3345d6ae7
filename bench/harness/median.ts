// Copyright 2026 the HuleEdu authors. MIT license.

/** The middle of some numbers: the lower one of two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? NaN;
}
