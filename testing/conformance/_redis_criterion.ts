// Copyright 2026 the HuleEdu authors. MIT license.

import type { AtomicRedisClient, Lifecycle } from "../../protocols.ts";

/** What a client must hold, on keys that begin with `key`. */
export type RedisCriterion = (
  redis: AtomicRedisClient & Lifecycle,
  key: string,
) => Promise<void>;

/** Criteria by what they say. */
export type RedisCriteria = Readonly<Record<string, RedisCriterion>>;

/** For `assert.rejects`: by name, since a double may have classes of its own. */
export function named(name: string): { readonly name: string } {
  return { name };
}

/** Asks until it is so; a client's answers take time, so this lets some pass. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!await isSo()) {
    if (performance.now() > deadline) throw new Error("It never came to be so");
  }
}
