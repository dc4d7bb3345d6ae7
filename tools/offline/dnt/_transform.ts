// Copyright 2026 the HuleEdu authors. MIT license.

import { dirname, relative } from "node:path/posix";
import ts from "typescript";
import type { Resolver } from "./_resolver.ts";

/** The modules of a package, ready to be written. */
export interface TransformOutput {
  /** The text of each module, by its path relative to `src/`. */
  readonly files: ReadonlyMap<string, string>;
  /** The npm packages that they import, with their version ranges. */
  readonly dependencies: ReadonlyMap<string, string>;
}

/**
 * Reads every module that the entry points reach and rewrites its specifiers to
 * what Node resolves.
 *
 * @param entryPaths The absolute paths of the entry points.
 * @param resolver Resolves the specifiers.
 * @returns The modules and their npm dependencies.
 */
export async function transform(
  entryPaths: readonly string[],
  resolver: Resolver,
): Promise<TransformOutput> {
  const files = new Map<string, string>();
  const dependencies = new Map<string, string>();
  const pending = [...entryPaths];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const outputPath = resolver.outputPath(path);
    if (files.has(outputPath)) continue;
    let text = await Deno.readTextFile(path);
    // From the end, so that the positions before stay right.
    for (const literal of specifierLiterals(path, text).reverse()) {
      const resolution = resolver.resolve(literal.text, path);
      if (resolution.kind === "npm") {
        dependencies.set(resolution.name, resolution.range);
      }
      let specifier: string;
      if (resolution.kind === "file") {
        pending.push(resolution.path);
        const target = resolver.outputPath(resolution.path);
        specifier = relativeSpecifier(outputPath, target);
      } else {
        specifier = resolution.specifier;
      }
      text = text.slice(0, literal.getStart() + 1) + specifier +
        text.slice(literal.getEnd() - 1);
    }
    files.set(outputPath, text);
  }
  return { files, dependencies };
}

function specifierLiterals(path: string, text: string): ts.StringLiteral[] {
  const literals: ts.StringLiteral[] = [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  function add(node: ts.Node | undefined): void {
    if (node && ts.isStringLiteral(node)) literals.push(node);
  }
  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier);
    } else if (ts.isImportTypeNode(node)) {
      add(
        ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined,
      );
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword
    ) {
      add(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return literals;
}

function relativeSpecifier(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/\.ts$/, ".js");
  return path.startsWith(".") ? path : `./${path}`;
}
