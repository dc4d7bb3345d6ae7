// Copyright 2026 the HuleEdu authors. MIT license.

import type { WireExecutor } from "./wire_command.ts";

/** The keys that match a glob, each once; `seen` were found before. */
export async function* scanKeys(
  executor: WireExecutor,
  pattern: string,
  count: number,
  seen: Set<string> = new Set(),
): AsyncGenerator<string, void, undefined> {
  let cursor = "0";
  let generation = executor.generation;
  for (;;) {
    const [next, keys] = await executor.run<[string, string[]]>({
      kind: "read",
      name: "SCAN",
      args: [cursor, "MATCH", pattern, "COUNT", String(count)],
    });
    if (generation !== executor.generation) {
      // A cursor means nothing to a server that was started anew: it hashes
      // its keys with another seed, so keys would be passed over.
      generation = executor.generation;
      cursor = "0";
      continue;
    }
    for (const key of keys) {
      if (seen.has(key)) continue;
      seen.add(key);
      yield key;
    }
    if (next === "0") return;
    cursor = next;
  }
}
