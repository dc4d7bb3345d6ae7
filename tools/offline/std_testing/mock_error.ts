// Copyright 2026 the HuleEdu authors. MIT license.

/** Thrown when a spy or stub is set up or restored wrongly. */
export class MockError extends Error {
  /** Builds the error from its message. */
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}
