// Copyright 2026 the HuleEdu authors. MIT license.

import { join } from "node:path";
import process from "node:process";
import ts from "typescript";
import type { CompilerOptions } from "./build.ts";

/**
 * Type-checks the modules of `src/` and emits them to `esm/`, with their
 * declarations and source maps.
 *
 * @param outDir The absolute path of the package's folder.
 * @param paths The modules, relative to `src/`.
 * @param options The caller's compiler options.
 * @throws {Error} If the compiler reports anything.
 */
export function compile(
  outDir: string,
  paths: Iterable<string>,
  options: CompilerOptions,
): void {
  const program = ts.createProgram({
    rootNames: [...paths].map((path) => join(outDir, "src", path)),
    options: {
      ...strictness(options),
      target: ts.ScriptTarget[options.target],
      lib: options.lib.map((name) => `lib.${name.toLowerCase()}.d.ts`),
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      isolatedModules: true,
      useDefineForClassFields: true,
      stripInternal: true,
      skipLibCheck: options.skipLibCheck ?? true,
      typeRoots: [join(outDir, "node_modules", "@types")],
      rootDir: join(outDir, "src"),
      outDir: join(outDir, "esm"),
      declaration: true,
      declarationMap: true,
      sourceMap: options.sourceMap ?? false,
    },
  });
  const diagnostics = [
    ...ts.getPreEmitDiagnostics(program),
    ...program.emit().diagnostics,
  ];
  if (diagnostics.length === 0) return;
  process.stderr.write(ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => "\n",
  }));
  throw new Error(`Had ${diagnostics.length} diagnostics.`);
}

function strictness(options: CompilerOptions): ts.CompilerOptions {
  return {
    strict: true,
    noImplicitOverride: true,
    noUncheckedIndexedAccess: options.noUncheckedIndexedAccess ?? false,
    useUnknownInCatchVariables: options.useUnknownInCatchVariables ?? false,
  };
}
