// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { runtimeName } from "./runtime.ts";

/** What is freed only once something else is takes another round. */
const COLLECTIONS = 5;

let collect: (() => void) | undefined;

/**
 * Collects the garbage, and tells how many bytes of the heap are in use.
 *
 * @returns Bytes, what JavaScript holds outside of the heap included.
 */
export async function heapBytes(): Promise<number> {
  collect ??= findCollector();
  for (let round = 0; round < COLLECTIONS; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function findCollector(): () => void {
  if (runtimeName() === "bun") {
    const { Bun } = globalThis as unknown as {
      readonly Bun: { gc(force: boolean): void };
    };
    return () => Bun.gc(true);
  }
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
