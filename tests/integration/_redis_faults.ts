// Copyright 2026 the HuleEdu authors. MIT license.

import {
  OutcomeUnknownError,
  RedisCommandError,
  RedisConnectionError,
} from "../../redis/mod.ts";

/** What became of a call. */
export type Outcome<T> =
  | { readonly kind: "replied"; readonly reply: T }
  /** It may or may not have been applied. */
  | { readonly kind: "unknown"; readonly error: OutcomeUnknownError }
  /** It was not applied, or only reads. */
  | { readonly kind: "unreachable"; readonly error: RedisConnectionError }
  | { readonly kind: "refused"; readonly error: RedisCommandError };

/** Longer than any of these tests. */
export const TTL = { ttlMs: 60_000 } as const;

/** What is kept of an event that was handled. */
export const RECORD = {
  processedBy: "essays",
  eventId: "e",
  correlationId: "c",
  sourceService: "files",
} as const;

/** A call that takes longer hangs: no time-out of a test comes near. */
const HANGS_AFTER_MS = 20_000;

/**
 * Waits for a call.
 *
 * @throws {Error} If it hangs, or rejects with an error that tells nothing.
 */
export async function outcomeOf<T>(
  call: Promise<T>,
  name = "A call",
): Promise<Outcome<T>> {
  try {
    return { kind: "replied", reply: await neverHanging(call, name) };
  } catch (error) {
    if (error instanceof OutcomeUnknownError) return { kind: "unknown", error };
    if (error instanceof RedisCommandError) return { kind: "refused", error };
    if (error instanceof RedisConnectionError) {
      return { kind: "unreachable", error };
    }
    throw new Error(`${name} rejected with an untyped error`, { cause: error });
  }
}

/** Rejects where the work does not come to its end. */
export async function neverHanging<T>(
  work: Promise<T>,
  name: string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${name} hangs`)),
      HANGS_AFTER_MS,
    );
  });
  try {
    return await Promise.race([work, hangs]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until it is so. */
export async function until(
  name: string,
  isSo: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = performance.now() + HANGS_AFTER_MS;
  while (!await isSo()) {
    if (performance.now() > deadline) throw new Error(`${name}: never so`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
