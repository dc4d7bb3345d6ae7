// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * A stand-in for `jsr:@deno/dnt` on machines that cannot reach JSR: the part of
 * its API that `tools/build_npm.ts` uses, and the same layout of the package.
 *
 * It resolves the import map and the `links` of `deno.offline.json`, writes the
 * modules that the entry points reach to `src/`, installs the npm dependencies,
 * type-checks, and emits ES modules, declarations and source maps to `esm/`. It
 * has no shims, no polyfills, no CommonJS and no test runner.
 *
 * @module
 */

export {
  build,
  type BuildOptions,
  type CompilerOptions,
  type EntryPoint,
} from "./build.ts";
export { emptyDir } from "./empty_dir.ts";
export type { PackageJson } from "./package_json.ts";
