// Copyright 2026 the HuleEdu authors. MIT license.

import { findImports } from "../tools/find_imports.ts";

const FOLDER = new URL("suites/", import.meta.url);
const SERVICES = "../harness/services.ts";

/** A benchmark: a script in `suites/`, which runs on every runtime. */
export interface Suite {
  /** Its name, that of the file. */
  readonly name: string;
  /** Whether it asks where Kafka or Redis is. */
  readonly needsServices: boolean;
}

/** Finds the benchmarks, by name. */
export async function findSuites(): Promise<Suite[]> {
  const suites: Suite[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".ts")) continue;
    const imports = findImports(await Deno.readTextFile(new URL(name, FOLDER)));
    suites.push({
      name: name.replace(/\.ts$/, ""),
      needsServices: imports.includes(SERVICES),
    });
  }
  return suites.sort((a, b) => a.name < b.name ? -1 : 1);
}
