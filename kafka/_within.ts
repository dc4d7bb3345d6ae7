// Copyright 2026 the HuleEdu authors. MIT license.

import { setTimeout as delay } from "node:timers/promises";

/** Waits for a promise, but no longer than `ms`; resolves in either case. */
export async function within(
  ms: number,
  promise: Promise<unknown>,
): Promise<void> {
  const giveUp = new AbortController();
  const timer = delay(ms, undefined, { signal: giveUp.signal });
  try {
    await Promise.race([promise, timer.catch(() => {})]);
  } finally {
    giveUp.abort();
  }
}
