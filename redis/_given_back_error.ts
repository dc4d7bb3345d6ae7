// Copyright 2026 the HuleEdu authors. MIT license.

/** A command still waits for its connection: it can be run on another. */
export class GivenBackError extends Error {
  /** Whether it may have been applied, on a connection that was lost. */
  readonly maybeApplied: boolean;

  constructor(maybeApplied: boolean) {
    super("The command was given back");
    this.maybeApplied = maybeApplied;
  }
}
