// Copyright 2026 the HuleEdu authors. MIT license.

import { join } from "node:path";
import manifest from "../deno.json" with { type: "json" };
import { mustRun } from "../tests/npm/command.ts";
import {
  type Consumer,
  createConsumer,
  install,
  packPackage,
} from "../tests/npm/consumer_folder.ts";
import { findImports } from "../tools/find_imports.ts";
import { note } from "../tools/terminal.ts";
import type { Suite } from "./_suites.ts";

const BENCH = new URL("./", import.meta.url);
const BUILD_TIMEOUT_MS = 300_000;
/** What runs the benchmarks and makes them JavaScript. */
const TOOLS = ["bun@^1.4", "typescript@^5.9"];
const IMPORTS: Readonly<Record<string, string>> = manifest.imports;

/** A specifier that Deno understands: npm's name and range. */
const NPM_SPECIFIER = /^npm:((@?[^@]+)@.+)$/;

/**
 * Builds and packs the package, installs it in an empty folder with the peers
 * that the benchmarks import, and compiles the benchmarks there.
 *
 * @param root The repository root.
 * @param config Deno's config, relative to the root.
 * @param suites The benchmarks to compile.
 * @returns The folder, which is removed when it is disposed of.
 */
export async function installSuites(
  root: string,
  config: string,
  suites: readonly Suite[],
): Promise<Consumer> {
  note("Building and installing the npm package …");
  // Apart from this process, since the builder prints to stdout.
  const build = ["run", "-A", "--config", config, "tools/build_npm.ts"];
  await mustRun([Deno.execPath(), ...build], {
    cwd: root,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  await using stack = new AsyncDisposableStack();
  const consumer = stack.use(await createConsumer());
  const { folder } = consumer;
  const peers = await addSources(folder, suites);
  await install(
    folder,
    await packPackage(root, folder),
    ...TOOLS,
    ...peers,
  );
  await compile(folder);
  stack.move();
  return consumer;
}

/** Copies the scripts. Returns the packages that they import. */
async function addSources(
  folder: string,
  suites: readonly Suite[],
): Promise<Set<string>> {
  const paths = suites.map(({ name }) => `suites/${name}.ts`);
  for await (const { name } of Deno.readDir(new URL("harness/", BENCH))) {
    paths.push(`harness/${name}`);
  }
  await Deno.mkdir(join(folder, "src/suites"), { recursive: true });
  await Deno.mkdir(join(folder, "src/harness"), { recursive: true });
  const packages = new Set<string>();
  for (const path of paths) {
    let text = await Deno.readTextFile(new URL(path, BENCH));
    for (const specifier of findImports(text)) {
      const target = IMPORTS[specifier] ?? specifier;
      const [, wanted, name] = NPM_SPECIFIER.exec(target) ?? [];
      if (wanted === undefined) continue;
      packages.add(wanted);
      text = text.replaceAll(`"${specifier}"`, `"${name}"`);
    }
    await Deno.writeTextFile(join(folder, "src", path), text);
  }
  return packages;
}

/** Only takes the types away: Deno has checked them. */
async function compile(folder: string): Promise<void> {
  const config = {
    compilerOptions: {
      target: "es2022",
      module: "nodenext",
      rewriteRelativeImportExtensions: true,
      rootDir: "src",
      outDir: "out",
      noCheck: true,
    },
    include: ["src"],
  };
  await Deno.writeTextFile(
    join(folder, "tsconfig.json"),
    JSON.stringify(config),
  );
  await mustRun(["node", "node_modules/typescript/bin/tsc"], {
    cwd: folder,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
}
