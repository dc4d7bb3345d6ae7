// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";

/** A runtime that the benchmarks run on. */
export type RuntimeName = "deno" | "node" | "bun";

/** Tells which runtime this is. */
export function runtimeName(): RuntimeName {
  if ("deno" in process.versions) return "deno";
  return "bun" in process.versions ? "bun" : "node";
}
