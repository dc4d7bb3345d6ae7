// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { findImports } from "../../tools/find_imports.ts";

Deno.test("findImports() finds every form of import", () => {
  const source = `
import "a";
import { type B, b } from 'b';
import type {
  C,
} from "c";
export { d } from "d";
export * as e from "e";
const f = await import("f");
type G = import("g").G;
`;
  assertEquals(findImports(source), ["a", "b", "c", "d", "e", "f", "g"]);
});

Deno.test("findImports() skips comments and keeps strings whole", () => {
  const source = `
/** import { x } from "x"; */
// import "y";
const url = "https://a/*b"; import "z"; // import "w"
const t = \`/* \${1} */\`;
`;
  assertEquals(findImports(source), ["z"]);
});
