// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What `deno task X` runs. A task itself resolves no import, so this first
 * chooses the config, and then runs the rest under it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { printSummary, runSteps, type Step, sumUp } from "./_report.ts";
import { InterruptedError, runDeno } from "./_run.ts";
import { type CheckName, CHECKS, checkStep, type Workshop } from "./_steps.ts";
import { chooseConfig } from "./choose_config.ts";
import { testEverything } from "./test.ts";
import { note } from "./terminal.ts";

/** Tasks that hand over to a script of their own, with its permissions. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  bench: ["-A", "bench/run.ts"],
  demo: [
    "--allow-net",
    "--allow-env",
    "--allow-read=.",
    "examples/essay_desk/main.ts",
  ],
  npm: ["-A", "tools/build_npm.ts"],
};

async function main(name: string, args: readonly string[]): Promise<number> {
  const root = fileURLToPath(new URL("..", import.meta.url));
  if (name === "services") return await runServices(args, root);
  const script = SCRIPTS[name];
  if (script === undefined && !isSteps(name)) {
    note(`Unknown task "${name}": see "deno task"`);
    return 2;
  }
  const workshop = { root, config: await chooseConfig(root) };
  if (script !== undefined) return await runScript(script, args, workshop);
  if (name === "test") return await testEverything(workshop);
  return await runChecks(name, workshop);
}

function isSteps(name: string): boolean {
  return name === "ok" || name === "test" || isCheck(name);
}

function isCheck(name: string): name is CheckName {
  return (CHECKS as readonly string[]).includes(name);
}

/** Runs one part of `ok`, or all with a summary. */
async function runChecks(name: string, workshop: Workshop): Promise<number> {
  const names = isCheck(name) ? [name] : CHECKS;
  const steps: Step[] = names.map((check) => checkStep(check, workshop));
  const results = await runSteps(steps);
  printSummary(results);
  return sumUp(results).failed === 0 ? 0 : 1;
}

/** Needs no package, and so no config. */
async function runServices(
  args: readonly string[],
  root: string,
): Promise<number> {
  const { code } = await runDeno(
    ["run", "-A", "--no-config", "tools/services.ts", ...args],
    { cwd: root, interactive: true },
  );
  return code;
}

async function runScript(
  script: readonly string[],
  args: readonly string[],
  { root, config }: Workshop,
): Promise<number> {
  const { code } = await runDeno(
    ["run", "--config", config, ...script, ...args],
    { cwd: root, interactive: true },
  );
  return code;
}

if (import.meta.main) {
  const [name = "", ...args] = Deno.args;
  try {
    Deno.exit(await main(name, args));
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    Deno.exit(130);
  }
}
