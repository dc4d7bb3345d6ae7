// Copyright 2026 the HuleEdu authors. MIT license.

import { join } from "node:path";
import manifest from "../../deno.json" with { type: "json" };
import { mustRun } from "./command.ts";

const TIMEOUT_MS = 300_000;

/** An empty folder in which the package is installed, as at a user's. */
export interface Consumer extends AsyncDisposable {
  /** The folder. */
  readonly folder: string;
}

/**
 * Packs the package that was built into `npm/`.
 *
 * @param root The repository root.
 * @param destination The folder for the tarball.
 * @returns The path of the tarball.
 */
export async function packPackage(
  root: string,
  destination: string,
): Promise<string> {
  const packed = await mustRun(
    ["npm", "pack", "--json", "--pack-destination", destination],
    { cwd: join(root, "npm"), timeoutMs: TIMEOUT_MS },
  );
  return join(destination, JSON.parse(packed)[0].filename);
}

/**
 * Makes an empty folder.
 *
 * @returns The folder, which is removed when it is disposed of.
 */
export async function createConsumer(): Promise<Consumer> {
  const folder = await Deno.makeTempDir({ prefix: "service-libs-npm-" });
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify({ private: true, type: "module" }),
  );
  return {
    folder,
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/**
 * Installs packages with the user's own npm and its configuration.
 *
 * @param folder The folder to install in.
 * @param packages What to install, as npm names it.
 */
export async function install(
  folder: string,
  ...packages: string[]
): Promise<void> {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  await mustRun(["npm", "install", ...quiet, ...packages], {
    cwd: folder,
    timeoutMs: TIMEOUT_MS,
  });
}

/**
 * Copies the scripts of `consumer/` and records what each entry exports in Deno.
 *
 * @param folder The folder to copy to.
 */
export async function addScripts(folder: string): Promise<void> {
  const source = new URL("consumer/", import.meta.url);
  for await (const { name } of Deno.readDir(source)) {
    await Deno.copyFile(new URL(name, source), join(folder, name));
  }
  const recorded: Record<string, string[]> = {};
  for (const [entry, path] of Object.entries(manifest.exports)) {
    const module = await import(new URL(`../../${path}`, import.meta.url).href);
    recorded[entry] = Object.keys(module).sort();
  }
  await Deno.writeTextFile(
    join(folder, "exports.json"),
    JSON.stringify(recorded),
  );
}
