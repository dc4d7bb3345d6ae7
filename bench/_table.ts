// Copyright 2026 the HuleEdu authors. MIT license.

import { type Measurement, meetsFloor } from "./harness/measurement.ts";

const HEAD = ["runtime", "ours", "theirs", "ratio", "spread", "floor", "peer"];
/** Columns of numbers end at one line. */
const IS_RIGHT = [false, true, true, true, true, true, false];

/**
 * Formats measurements for reading: one block for each thing that is measured.
 *
 * @param measurements The measurements, in any order.
 */
export function formatTable(measurements: readonly Measurement[]): string {
  const blocks = new Map<string, Measurement[]>();
  for (const each of measurements) {
    const title = `${each.bench}: ${each.measure}, ${each.unit}`;
    const block = blocks.get(title);
    if (block) block.push(each);
    else blocks.set(title, [each]);
  }
  return [...blocks].map(([title, block]) => {
    const rows = [HEAD, ...block.map(toRow)];
    const widths = HEAD.map((_, column) =>
      Math.max(...rows.map((row) => row[column]!.length))
    );
    const lines = rows.map((row) =>
      row.map((cell, column) =>
        IS_RIGHT[column]
          ? cell.padStart(widths[column]!)
          : cell.padEnd(widths[column]!)
      ).join("  ").trimEnd()
    );
    return [title, ...lines.map((line) => `  ${line}`)].join("\n");
  }).join("\n\n");
}

function toRow(measurement: Measurement): string[] {
  const { runtime, ours, theirs, ratio, spread, peer } = measurement;
  return [
    runtime,
    format(ours),
    theirs === null ? "" : format(theirs),
    ratio === null ? "" : format(ratio),
    `${format(spread[0])}–${format(spread[1])}`,
    formatFloor(measurement),
    peer ?? "",
  ];
}

function formatFloor(measurement: Measurement): string {
  const { floor } = measurement;
  if (floor === null) return "";
  const wanted = "atLeast" in floor
    ? `≥ ${floor.atLeast}`
    : `≤ ${floor.atMost}`;
  return meetsFloor(measurement) ? wanted : `missed ${wanted}`;
}

function format(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
