// Copyright 2026 the HuleEdu authors. MIT license.

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
  const timer = setTimeout(() => {
    void connection.destroy(new Error(`No reply within ${timeoutMs} ms`));
  }, Math.min(timeoutMs, MAX_TIMEOUT_MS));
  try {
    return await ask(connection, name, args);
  } finally {
    clearTimeout(timer);
  }
}
