// Copyright 2026 the HuleEdu authors. MIT license.

import { writeOfflineConfig } from "./offline_config.ts";
import { note } from "./terminal.ts";

/** Carries the answer to child processes, so that they do not probe again. */
const CHOSEN = "SERVICE_LIBS_DENO_CONFIG";

/** A probe that hangs counts as a JSR that cannot be reached. */
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Chooses the config to run with: `deno.json`, or, where JSR cannot be reached,
 * the generated `deno.offline.json`, which it says in one line.
 *
 * @param root The repository root, an absolute path.
 * @returns The config's name, relative to the root.
 */
export async function chooseConfig(root: string): Promise<string> {
  const known = Deno.env.get(CHOSEN);
  if (known === "deno.json") return known;
  if (known === undefined) {
    if (await reachesJsr()) {
      Deno.env.set(CHOSEN, "deno.json");
      return "deno.json";
    }
    note(
      "JSR cannot be reached: running with the stand-ins in tools/offline/.",
    );
  }
  const config = await writeOfflineConfig(root);
  Deno.env.set(CHOSEN, config);
  return config;
}

async function reachesJsr(): Promise<boolean> {
  const probe = new Deno.Command(Deno.execPath(), {
    args: ["info", "--no-config", "--no-lock", "jsr:@std/log"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => probe.kill("SIGKILL"), PROBE_TIMEOUT_MS);
  const { success } = await probe.status;
  clearTimeout(timer);
  return success;
}
