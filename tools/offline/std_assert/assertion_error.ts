// Copyright 2026 the HuleEdu authors. MIT license.

import { inspect } from "node:util";

/** What every assertion throws. */
export class AssertionError extends Error {
  /** Builds the error from its whole message. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Throws, with the caller's own message behind the reason. */
export function refuse(reason: string, msg?: string): never {
  throw new AssertionError(msg ? `${reason}: ${msg}` : reason);
}

/** A value as one reads it in a message. */
export function show(value: unknown): string {
  return inspect(value, { depth: 12, maxArrayLength: 200, sorted: true });
}
