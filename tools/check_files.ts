// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Checks the shape of the repository's files: their size, their first line, and
 * a `mod.ts` in every folder of product code.
 *
 * ```sh
 * deno run -A tools/check_files.ts
 * ```
 *
 * @module
 */

import { posix } from "node:path";
import { readTrackedFiles, type RepoFile, ROOMS } from "./_tracked_files.ts";
import { note, print } from "./terminal.ts";

const MAX_LINES = 400;
const COPYRIGHT = "// Copyright 2026 the HuleEdu authors. MIT license.";

/**
 * Finds the files that break a rule.
 *
 * @param files The repository's files.
 * @returns A line a breach, which names file and rule.
 */
export function findFileBreaches(files: readonly RepoFile[]): string[] {
  return [
    ...files.flatMap((file) => [...breachesOf(file)]),
    ...missingMods(files),
  ];
}

function* breachesOf({ path, text }: RepoFile): Iterable<string> {
  // Nobody reads or writes what Deno locks.
  if (path.endsWith(".lock")) return;
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (lines > MAX_LINES) {
    yield `${path} has ${lines} lines, more than ${MAX_LINES}`;
  }
  if (!path.endsWith(".ts")) return;
  if (!text.startsWith(`${COPYRIGHT}\n`)) {
    yield `${path} does not start with "${COPYRIGHT}"`;
  }
  if (!/^[a-z0-9_]+(\.d)?\.ts$/.test(posix.basename(path))) {
    yield `${path} is not named in snake_case`;
  }
}

function missingMods(files: readonly RepoFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const folders = new Set(
    [...paths]
      .filter((path) => ROOMS.includes(path.split("/")[0]!))
      .map((path) => posix.dirname(path)),
  );
  return [...folders]
    .filter((folder) => !paths.has(`${folder}/mod.ts`))
    .map((folder) => `${folder}/ has no mod.ts`);
}

if (import.meta.main) {
  const files = await readTrackedFiles();
  const breaches = findFileBreaches(files);
  for (const breach of breaches) note(breach);
  if (breaches.length > 0) Deno.exit(1);
  print(`${files.length} files are as they should be.`);
}
