// Copyright 2026 the HuleEdu authors. MIT license.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { existsSync } from "node:fs";
import type { Step } from "./_report.ts";
import { runDeno } from "./_run.ts";
import { type Counts, countTests } from "./count_tests.ts";

/** What every step knows. */
export interface Workshop {
  /** The repository root, an absolute path. */
  readonly root: string;
  /** The config to run with, relative to the root. */
  readonly config: string;
}

/** What is published, and so documented with examples that run. */
const PRODUCT = [
  "mod.ts",
  "protocols.ts",
  "protocols_redis.ts",
  "events",
  "logging",
  "reliability",
  "kafka",
  "redis",
  "testing",
];

/** What else is type-checked. */
const REST = ["tests", "examples", "bench", "tools"];

/** Folders of `tests/` that need a service, a build or a browser. */
const NOT_UNIT = new Set([
  "browser",
  "examples",
  "integration",
  "npm",
  "vectors",
]);

/** The names of the parts of `ok`, in order. */
export const CHECKS = [
  "fmt",
  "lint",
  "check",
  "doc",
  "rooms",
  "files",
  "publish",
  "unit",
] as const;

/** A part of `ok`. */
export type CheckName = typeof CHECKS[number];

/** The step of one part of `ok`. */
export function checkStep(name: CheckName, workshop: Workshop): Step {
  const { root, config } = workshop;
  const deno = async (...args: string[]): Promise<Counts> => {
    const { code } = await runDeno(args, { cwd: root });
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  };
  const steps: Record<CheckName, () => Promise<Counts>> = {
    fmt: () => deno("fmt", "--config", config, "--check"),
    lint: () => deno("lint", "-q", "--config", config),
    check: () =>
      deno(
        ...["check", "-q", "--config", config],
        ...existing(root, [...PRODUCT, ...REST]),
      ),
    doc: async () =>
      deno("doc", "-q", "--lint", "--config", config, ...await entries(root)),
    rooms: () => deno("run", "-A", "--config", config, "tools/check_rooms.ts"),
    files: () => deno("run", "-A", "--config", config, "tools/check_files.ts"),
    publish: () =>
      deno(
        ...["publish", "-q", "--config", config],
        ...["--dry-run", "--allow-dirty"],
      ),
    unit: async () =>
      await testDeno(workshop, [
        "--doc",
        "-P",
        "--parallel",
        ...existing(root, [...PRODUCT, "README.md"]),
        ...await unitTests(root),
      ]),
  };
  return { name, run: steps[name] };
}

/** Runs `deno test` and counts. */
export async function testDeno(
  { root, config }: Workshop,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Counts> {
  const { code, output } = await runDeno(
    ["test", "-q", "--config", config, ...args],
    { cwd: root, ...(env && { env }) },
  );
  return countTests(code, output);
}

async function unitTests(root: string): Promise<string[]> {
  const tests = await readdir(join(root, "tests"), { withFileTypes: true });
  return tests
    .filter((entry) => entry.isDirectory() && !NOT_UNIT.has(entry.name))
    .map(({ name }) => `tests/${name}`)
    .sort();
}

async function entries(root: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(root, "deno.json"), "utf8"));
  return Object.values(manifest.exports as Record<string, string>);
}

function existing(root: string, paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(join(root, path)));
}
