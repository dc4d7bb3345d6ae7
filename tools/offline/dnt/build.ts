// Copyright 2026 the HuleEdu authors. MIT license.

import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { compile } from "./_compile.ts";
import { Resolver } from "./_resolver.ts";
import { transform } from "./_transform.ts";
import { type PackageJson, packageJsonText } from "./package_json.ts";

/** A module that the package exports. */
export interface EntryPoint {
  /** Its name in `exports`. */
  name: string;
  /** Its path, relative to the working directory. */
  path: string;
}

/** Options of the TypeScript compiler. */
export interface CompilerOptions {
  /** The language version to emit. */
  target: "ES2022";
  /** The libraries to check against. */
  lib: string[];
  /** Whether to emit source maps, and with them to publish `src/`. */
  sourceMap?: boolean;
  /** Whether to leave the declarations of dependencies unchecked. */
  skipLibCheck?: boolean;
  /** Whether an index access may be `undefined`. */
  noUncheckedIndexedAccess?: boolean;
  /** Whether a caught value is `unknown`. */
  useUnknownInCatchVariables?: boolean;
}

/** Options of {@linkcode build}. */
export interface BuildOptions {
  /** The modules to export. */
  entryPoints: EntryPoint[];
  /** The folder to write the package to. */
  outDir: string;
  /** Shims: this stand-in has none. */
  shims: Record<string, never>;
  /** No CommonJS: this stand-in emits ES modules alone. */
  scriptModule: false;
  /** No tests: this stand-in runs none. */
  test: false;
  /** How often to type-check: once. */
  typeCheck?: "single";
  /** Where to put declarations: beside the modules. */
  declaration?: "inline";
  /** Whether to emit declaration maps: always. */
  declarationMap?: true;
  /** The package's `package.json`. */
  package: PackageJson;
  /** Options of the compiler. */
  compilerOptions: CompilerOptions;
  /** Called when everything is written. */
  postBuild?: () => void | Promise<void>;
}

/**
 * Builds an npm package from Deno modules.
 *
 * @param options What to build, and how.
 * @throws {Error} If a specifier leads nowhere, or the compiler reports anything.
 */
export async function build(options: BuildOptions): Promise<void> {
  const outDir = resolve(options.outDir);
  log("Transforming...");
  const resolver = await Resolver.load(resolve("deno.offline.json"));
  const paths = options.entryPoints.map(({ path }) => resolve(path));
  const { files, dependencies } = await transform(paths, resolver);
  for (const [path, text] of files) {
    await write(join(outDir, "src", path), text);
  }
  const main = resolver.outputPath(paths[0]!);
  await write(
    join(outDir, "package.json"),
    packageJsonText(options.package, { main, dependencies }),
  );
  await write(
    join(outDir, "esm", "package.json"),
    `{\n  "type": "module"\n}\n`,
  );
  await write(
    join(outDir, ".npmignore"),
    (options.compilerOptions.sourceMap ? "" : "/src/\n") + "yarn.lock\n",
  );
  log("Running npm install...");
  await installDependencies(outDir);
  log("Type checking and emitting ESM package...");
  compile(outDir, files.keys(), options.compilerOptions);
  await options.postBuild?.();
  log("Complete!");
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function installDependencies(cwd: string): Promise<void> {
  const npm = new Deno.Command("npm", { args: ["install"], cwd });
  const { success, stderr } = await npm.output();
  if (success) return;
  throw new Error(`Cannot install: ${new TextDecoder().decode(stderr)}`);
}

function log(message: string): void {
  process.stdout.write(`[dnt] ${message}\n`);
}
