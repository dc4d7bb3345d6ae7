// Copyright 2026 the HuleEdu authors. MIT license.

import type { RuntimeName } from "./harness/runtime.ts";
import type { Suite } from "./_suites.ts";

/**
 * The command line that runs a benchmark: in Deno from the repository root, in
 * Node and Bun from the folder where the package is installed.
 *
 * @param runtime Where to run it.
 * @param suite The benchmark.
 * @param config Deno's config, relative to the root.
 */
export function runtimeCommand(
  runtime: RuntimeName,
  { name }: Suite,
  config: string,
): readonly string[] {
  const script = `out/suites/${name}.js`;
  switch (runtime) {
    case "node":
      return ["node", script];
    case "bun":
      return ["node_modules/.bin/bun", script];
    case "deno":
      return [
        Deno.execPath(),
        ...["run", "-q", "-A", "--no-check", "--config", config],
        `bench/suites/${name}.ts`,
      ];
  }
}
