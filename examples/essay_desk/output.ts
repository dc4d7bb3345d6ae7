// Copyright 2026 the HuleEdu authors. MIT license.

/** Where the example writes, a line at a time. */
export interface Output {
  /** Takes results. */
  print(line: string): void;
  /** Takes log lines and problems. */
  note(line: string): void;
}
