// Copyright 2026 the HuleEdu authors. MIT license.

import type { RuntimeName } from "./harness/runtime.ts";

/** How the task is called. */
export const USAGE =
  "Usage: deno task bench [NAME …] [--json] [--no-floors] [--runtime deno|node|bun …]";

const RUNTIMES: readonly RuntimeName[] = ["deno", "node", "bun"];

/** Thrown for an argument that is not understood. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** What to run, and how to tell of it. */
export interface Arguments {
  /** The benchmarks to run. */
  readonly suites: readonly string[];
  /** Where to run them. */
  readonly runtimes: readonly RuntimeName[];
  /** Whether stdout gets lines of JSON, and no table. */
  readonly json: boolean;
  /** Whether a missed floor is a failure. */
  readonly floors: boolean;
}

/**
 * Reads the arguments of the task.
 *
 * @param args The arguments.
 * @param known The names of all benchmarks.
 * @throws {ArgumentError} If one is not understood.
 */
export function parseArguments(
  args: readonly string[],
  known: readonly string[],
): Arguments {
  const suites: string[] = [];
  const runtimes: RuntimeName[] = [];
  let json = false;
  let floors = true;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--json") json = true;
    else if (arg === "--no-floors") floors = false;
    else if (arg === "--runtime") runtimes.push(toRuntime(args[++i]));
    else if (known.includes(arg)) suites.push(arg);
    else {
      throw new ArgumentError(
        `There is no benchmark "${arg}", only ${known.join(", ")}`,
      );
    }
  }
  return {
    suites: suites.length > 0 ? suites : known,
    runtimes: runtimes.length > 0 ? runtimes : RUNTIMES,
    json,
    floors,
  };
}

function toRuntime(name: string | undefined): RuntimeName {
  const found = RUNTIMES.find((each) => each === name);
  if (found) return found;
  throw new ArgumentError(`"--runtime" must be one of ${RUNTIMES.join(", ")}`);
}
