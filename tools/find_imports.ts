// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * A piece of a module, whichever comes first: a comment, a template, an import
 * (`from "x"`, `import "x"`, `import("x")`) or another string. Consuming them
 * in order is what tells an import from one that is only written about.
 */
const PIECES = new RegExp(
  [
    /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
    /`(?:[^`\\]|\\[\s\S])*`/,
    /\b(?:from|import)\s*\(?\s*(?<specifier>"[^"\n]+"|'[^'\n]+')/,
    /"(?:[^"\\\n]|\\.)*"/,
    /'(?:[^'\\\n]|\\.)*'/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/**
 * Finds what a module imports or re-exports: static, dynamic and type imports.
 *
 * @param source The module's TypeScript.
 * @returns The specifiers as they are written, in order.
 */
export function findImports(source: string): string[] {
  return [...source.matchAll(PIECES)]
    .map(({ groups }) => groups?.specifier?.slice(1, -1))
    .filter((specifier) => specifier !== undefined);
}

/**
 * Blanks the comments of a module.
 *
 * @param source The module's TypeScript.
 * @returns The same text, with a space for each comment.
 */
export function withoutComments(source: string): string {
  return source.replaceAll(PIECES, (...args) => {
    const { comment } = args.at(-1) as { comment?: string };
    return comment === undefined ? args[0] : " ";
  });
}
