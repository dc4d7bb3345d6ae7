// Copyright 2026 the HuleEdu authors. MIT license.

import type { MemoryKeyspace } from "./_memory_keyspace.ts";

/** A command of the server, on a keyspace: its reply in the RESP2 shape. */
export type MemoryCommand = (
  keys: MemoryKeyspace,
  args: readonly string[],
) => unknown;

/** Commands by name. */
export type MemoryCommands = Readonly<Record<string, MemoryCommand>>;

/** The entries from index `start` to `stop`, both included, as Redis counts. */
export function slice<T>(
  entries: readonly T[],
  start: string,
  stop: string,
): T[] {
  const from = Number(start);
  const to = Number(stop);
  const at = (index: number) => index < 0 ? entries.length + index : index;
  return entries.slice(Math.max(0, at(from)), at(to) + 1);
}
