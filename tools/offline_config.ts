// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Writes `deno.offline.json`: `deno.json` plus Deno's `links` to the stand-ins
 * in `tools/offline/`, for machines that cannot reach JSR.
 *
 * ```sh
 * deno run -A tools/offline_config.ts
 * ```
 *
 * @module
 */

import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The name of the generated file, at the repository root. */
export const OFFLINE_CONFIG = "deno.offline.json";

/**
 * Writes the config that links every stand-in, with a lock file of its own: the
 * stand-ins leave no trace in a lock, so the two cannot share one.
 *
 * @param root The repository root, an absolute path.
 * @returns The name of the file, relative to the root.
 */
export async function writeOfflineConfig(root: string): Promise<string> {
  const config = JSON.parse(await readFile(join(root, "deno.json"), "utf8"));
  const links = await findStandIns(root);
  // For Deno, a linked folder below the root is a part of the package, and the
  // dry run refuses an import of what is not published.
  const include = [...config.publish.include, "tools/offline/"];
  const offline = {
    ...config,
    links,
    lock: "tools/offline/deno.lock",
    publish: { ...config.publish, include },
  };
  const text = JSON.stringify(offline, null, 2) + "\n";
  const path = join(root, OFFLINE_CONFIG);
  const old = await readFile(path, "utf8").catch(() => "");
  if (old === text) return OFFLINE_CONFIG;
  // Renamed into place, so that a run that starts meanwhile never reads half.
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, path);
  return OFFLINE_CONFIG;
}

async function findStandIns(root: string): Promise<string[]> {
  const folder = join(root, "tools", "offline");
  const links: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const manifest = join(folder, name, "deno.json");
    const found = await stat(manifest).then(() => true, () => false);
    if (found) links.push(`./tools/offline/${name}`);
  }
  return links;
}

if (import.meta.main) {
  await writeOfflineConfig(fileURLToPath(new URL("..", import.meta.url)));
}
