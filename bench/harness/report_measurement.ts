// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";
import type { Measurement } from "./measurement.ts";

/** Hands a measurement over to `run.ts`, as a line of JSON. */
export function reportMeasurement(measurement: Measurement): void {
  const text = JSON.stringify(
    measurement,
    // Nothing here is measured to more than four digits.
    (key, value) =>
      typeof value === "number" && key !== "rounds"
        ? Number(value.toPrecision(Math.abs(value) >= 1_000 ? 6 : 4))
        : value,
  );
  process.stdout.write(`${text}\n`);
}
