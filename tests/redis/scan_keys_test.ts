// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { scanKeys } from "../../redis/_scan_keys.ts";
import type { WireCommand, WireExecutor } from "../../redis/mod.ts";

/** Answers each SCAN with the next reply, and remembers the cursors. */
function scripted(replies: Array<[string, string[]]>) {
  const cursors: string[] = [];
  const executor = {
    generation: 1,
    run<Reply>({ args }: WireCommand): Promise<Reply> {
      cursors.push(args[0] ?? "");
      return Promise.resolve(replies.shift() as Reply);
    },
  } satisfies WireExecutor;
  return { executor, cursors };
}

Deno.test("scanKeys() gives a key that the server repeats once", async () => {
  const { executor, cursors } = scripted([
    ["7", ["a", "b"]],
    ["9", []],
    ["0", ["b", "c", "a"]],
  ]);
  const keys = await Array.fromAsync(scanKeys(executor, "*", 10));
  assertEquals(keys, ["a", "b", "c"]);
  assertEquals(cursors, ["0", "7", "9"]);
});

Deno.test("scanKeys() begins again when the server may be another one", async () => {
  const { executor, cursors } = scripted([
    ["7", ["a"]],
    ["0", ["lost"]],
    ["5", ["b"]],
    ["0", ["a"]],
  ]);
  const keys: string[] = [];
  for await (const key of scanKeys(executor, "*", 10)) {
    keys.push(key);
    if (key === "a") executor.generation += 1;
  }
  assertEquals(keys, ["a", "b"]);
  assertEquals(cursors, ["0", "7", "0", "5"]);
});
