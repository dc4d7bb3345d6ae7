// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertArrayIncludes, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import manifest from "../../deno.json" with { type: "json" };
import type { Report } from "./_report.ts";

/**
 * Checks an installed package file by file.
 *
 * @param report Where the results go.
 * @param folder The package's folder in `node_modules`.
 */
export async function checkPackage(
  report: Report,
  folder: string,
): Promise<void> {
  const files = new Set<string>();
  for await (const path of walk(folder)) files.add(relative(folder, path));
  const read = (path: string) => Deno.readTextFile(join(folder, path));
  const packageJson = JSON.parse(await read("package.json"));

  await report.check("package: holds its README, license and changes", () => {
    assertArrayIncludes([...files], ["README.md", "LICENSE", "CHANGELOG.md"]);
  });
  await report.check(
    "package: exports the entries of deno.json, types first",
    () => {
      const { "./package.json": _, ...entries } = packageJson.exports;
      assertEquals(Object.keys(entries), Object.keys(manifest.exports));
      for (const conditions of Object.values<Record<string, string>>(entries)) {
        assertEquals(Object.keys(conditions), ["types", "default"]);
        for (const path of Object.values(conditions)) {
          assert(files.has(path.slice(2)), `There is no "${path}"`);
        }
      }
    },
  );
  await report.check("package: depends on what deno.json imports", () => {
    for (const name of ["kafkajs", "ioredis"] as const) {
      const range = manifest.imports[name].replace(/^.*@/, "");
      assertEquals(packageJson.dependencies[name], range);
    }
  });
  await report.check(
    "package: has no specifier that only Deno resolves",
    async () => {
      for (const path of files) {
        if (!/^esm\/.*\.(js|d\.ts)$/.test(path)) continue;
        const [found] = /\b(from|import)[ (]*["']((jsr|npm):|[^"'\n]*\.ts["'])/
          .exec(stripComments(await read(path))) ?? [];
        assertEquals(found, undefined, `Found ${found} in "${path}"`);
      }
    },
  );
  await report.check(
    "package: has the source of every source map",
    async () => {
      for (const path of files) {
        if (!path.endsWith(".map")) continue;
        for (const source of JSON.parse(await read(path)).sources) {
          const target = join(dirname(path), source);
          assert(files.has(target), `"${path}" wants "${target}"`);
        }
      }
    },
  );
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else yield path;
  }
}

function stripComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
}
