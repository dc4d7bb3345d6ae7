// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";

/** Writes a line to stdout: results. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line to stderr: progress and problems. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
