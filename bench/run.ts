// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Runs benchmarks on real services, on Deno, Node and Bun in turn. See
 * `bench/README.md`.
 *
 * ```sh
 * deno task bench kafka consumer --json
 * ```
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Consumer } from "../tests/npm/consumer_folder.ts";
import { chooseConfig } from "../tools/choose_config.ts";
import { startServices } from "../tools/services/mod.ts";
import { note, print } from "../tools/terminal.ts";
import { type Measurement, meetsFloor } from "./harness/measurement.ts";
import { ArgumentError, parseArguments, USAGE } from "./_arguments.ts";
import { installSuites } from "./_install_suites.ts";
import { runSuite } from "./_run_suite.ts";
import { runtimeCommand } from "./_runtime_command.ts";
import { findSuites, type Suite } from "./_suites.ts";
import { formatTable } from "./_table.ts";

async function main(args: readonly string[]): Promise<number> {
  const all = await findSuites();
  const options = parseArguments(args, all.map(({ name }) => name));
  const suites = all.filter(({ name }) => options.suites.includes(name));
  const root = fileURLToPath(new URL("..", import.meta.url));
  const config = await chooseConfig(root);
  const measurements: Measurement[] = [];
  let failed = 0;
  await using stack = new AsyncDisposableStack();
  const env = await servicesFor(suites, stack);
  let installed: Consumer | undefined;
  for (const runtime of options.runtimes) {
    if (runtime !== "deno") {
      installed ??= stack.use(await installSuites(root, config, suites));
    }
    const cwd = runtime === "deno" ? root : installed!.folder;
    for (const suite of suites) {
      const command = runtimeCommand(runtime, suite, config);
      const succeeded = await runSuite(command, { cwd, env }, (line) => {
        measurements.push(JSON.parse(line));
        if (options.json) print(line);
      });
      if (succeeded) continue;
      failed++;
      note(`${suite.name} on ${runtime} has failed`);
    }
  }
  if (!options.json) print(formatTable(measurements));
  const missed = measurements.filter((each) =>
    each.runtime === "deno" && !meetsFloor(each)
  );
  for (const { bench, measure, peer } of missed) {
    note(`Floor missed: ${bench}: ${measure}${peer ? `, ${peer}` : ""}`);
  }
  return failed > 0 || options.floors && missed.length > 0 ? 1 : 0;
}

/** Starts services when a benchmark wants some, and tells where they are. */
async function servicesFor(
  suites: readonly Suite[],
  stack: AsyncDisposableStack,
): Promise<Readonly<Record<string, string>>> {
  if (!suites.some(({ needsServices }) => needsServices)) return {};
  const services = stack.use(await startServices());
  return { ...services.env };
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    note(`${error.message}\n${USAGE}`);
    Deno.exitCode = 2;
  }
}
