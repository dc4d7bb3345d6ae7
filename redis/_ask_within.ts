// Copyright 2026 the HuleEdu authors. MIT license.

import { setImmediate } from "node:timers";
import { MAX_TIMEOUT_MS } from "./arguments.ts";
import { ask } from "./_connection.ts";
import type { RedisConnection } from "./_connection.ts";

/**
 * Sends a command on a connection that is the caller's own. A connection that
 * gives no reply in time is closed, and counts as lost.
 */
export async function askWithin(
  connection: RedisConnection,
  timeoutMs: number,
  name: string,
  args: readonly string[] = [],
): Promise<unknown> {
  return await within(connection, timeoutMs, ask(connection, name, args));
}

/** Waits for a reply. A connection that gives none in time is closed. */
export async function within<T>(
  connection: RedisConnection,
  timeoutMs: number,
  reply: Promise<T>,
): Promise<T> {
  let isHere = false;
  const timer = setTimeout(() => {
    // It may have arrived while the program was busy.
    setImmediate(() => {
      if (isHere) return;
      void connection.destroy(new Error(`No reply within ${timeoutMs} ms`));
    });
  }, Math.min(timeoutMs, MAX_TIMEOUT_MS));
  try {
    return await reply;
  } finally {
    isHere = true;
    clearTimeout(timer);
  }
}
