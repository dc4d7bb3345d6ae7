// Copyright 2026 the HuleEdu authors. MIT license.

/** A service that cannot be had, and what to do about it, in plain words. */
export class ServiceError extends Error {
  /** Builds the error from what is wrong and what to do. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ServiceError";
  }
}
