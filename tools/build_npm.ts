// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Builds the npm package into `npm/`: ES modules for Node and Bun, with
 * declarations and source maps that lead to the TypeScript sources.
 *
 * ```sh
 * deno task npm && (cd npm && npm publish)
 * ```
 *
 * @module
 */

import { build, emptyDir } from "@deno/dnt";
import manifest from "../deno.json" with { type: "json" };

const OUT_DIR = "npm";
const REPOSITORY = "https://github.com/huleedu/service-libs";

/**
 * Builds the package from what `deno.json` says of names, version, entries and
 * dependencies.
 */
export async function buildNpm(): Promise<void> {
  // dnt looks for the config in the working directory, and paths start there.
  Deno.chdir(new URL("..", import.meta.url));
  await emptyDir(OUT_DIR);
  await build({
    entryPoints: Object.entries(manifest.exports).map(([name, path]) => ({
      name,
      path,
    })),
    outDir: OUT_DIR,
    shims: {},
    scriptModule: false,
    test: false,
    compilerOptions: {
      target: "ES2022",
      lib: ["ES2023", "DOM", "DOM.Iterable", "ESNext.Disposable"],
      sourceMap: true,
      noUncheckedIndexedAccess: true,
      useUnknownInCatchVariables: true,
    },
    package: {
      name: manifest.name,
      version: manifest.version,
      description:
        "Events over Kafka, Redis and structured logs for services on Deno, Node and Bun.",
      keywords: [
        "kafka",
        "redis",
        "events",
        "event-driven",
        "idempotency",
        "logging",
        "deno",
        "bun",
      ],
      license: manifest.license,
      repository: { type: "git", url: `git+${REPOSITORY}.git` },
      bugs: { url: `${REPOSITORY}/issues` },
      type: "module",
      sideEffects: false,
      // The first release of Node 20 that has Symbol.asyncDispose.
      engines: { node: ">=20.4" },
      types: "./esm/mod.d.ts",
      exports: npmExports(),
      devDependencies: {
        "@types/node": manifest.imports["@types/node"].replace(/^.*@/, ""),
      },
    },
    async postBuild() {
      for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) {
        await Deno.copyFile(name, `${OUT_DIR}/${name}`);
      }
    },
  });
}

function npmExports(): Record<string, string | Record<string, string>> {
  const entries = Object.entries(manifest.exports).map(([name, path]) => {
    const module = path.replace("./", "./esm/").replace(/\.ts$/, "");
    // "types" comes first: a resolver takes the first condition that fits.
    return [name, { types: `${module}.d.ts`, default: `${module}.js` }];
  });
  return {
    ...Object.fromEntries(entries),
    "./package.json": "./package.json",
  };
}

if (import.meta.main) await buildNpm();
