// Copyright 2026 the HuleEdu authors. MIT license.

import { setTimeout as delay } from "node:timers/promises";

const INTERVAL_MS = 25;

/**
 * Waits for what nothing announces.
 *
 * @param isSo Whether it is so now.
 * @param signal Gives the wait up; it rejects with the signal's reason.
 */
export async function poll(
  isSo: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  while (!await isSo()) {
    signal.throwIfAborted();
    // It rejects with an error of its own when the signal fires.
    await delay(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}
