// Copyright 2026 the HuleEdu authors. MIT license.

import { fileURLToPath } from "node:url";

/** A file of the repository. */
export interface RepoFile {
  /** Its path from the root, with slashes. */
  readonly path: string;
  /** What is in it. */
  readonly text: string;
}

/** The repository root. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** Folders whose files are published. */
export const ROOMS: readonly string[] = [
  "events",
  "logging",
  "reliability",
  "kafka",
  "redis",
  "testing",
];

/** Reads every text file that Git tracks, or would track once it is added. */
export async function readTrackedFiles(): Promise<RepoFile[]> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const paths = new TextDecoder().decode(stdout).split("\0").filter(Boolean);
  const files: RepoFile[] = [];
  for (const path of paths.sort()) {
    const bytes = await readIfThere(`${ROOT}/${path}`);
    // A zero byte is how Git itself tells binary files.
    if (bytes === undefined || bytes.includes(0)) continue;
    files.push({ path, text: new TextDecoder().decode(bytes) });
  }
  return files;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    // Removed, and not yet from the index.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
