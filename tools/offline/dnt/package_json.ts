// Copyright 2026 the HuleEdu authors. MIT license.

/** What the caller puts into the package's `package.json`. */
export interface PackageJson {
  /** The package's name. */
  name: string;
  /** The package's version. */
  version: string;
  /** Any other field. */
  [field: string]: unknown;
}

/** What the modules say about the package. */
export interface PackageFacts {
  /** The file of the first entry point, relative to `src/`. */
  readonly main: string;
  /** The npm packages that the modules import, with their version ranges. */
  readonly dependencies: ReadonlyMap<string, string>;
}

const first = ["name", "version", "description", "keywords", "repository"];
const last = ["dependencies", "devDependencies", "_generatedBy"];

/**
 * Completes a `package.json` as dnt does: the main module, the dependencies that
 * the modules import, and the usual order of fields.
 *
 * @param given The caller's fields; they win.
 * @param facts What the modules say.
 * @returns The text of the file.
 */
export function packageJsonText(
  given: PackageJson,
  facts: PackageFacts,
): string {
  const fields: Record<string, unknown> = {
    module: `./esm/${facts.main}`.replace(/\.ts$/, ".js"),
    ...given,
    dependencies: {
      ...Object.fromEntries([...facts.dependencies].sort()),
      ...given.dependencies as Record<string, string> | undefined,
    },
    _generatedBy: "dnt-stand-in@0.42.3",
  };
  const middle = Object.keys(fields).filter((name) =>
    !first.includes(name) && !last.includes(name)
  );
  const names = [...first, ...middle, ...last].filter((name) => name in fields);
  const ordered = names.map((name) => [name, fields[name]]);
  return JSON.stringify(Object.fromEntries(ordered), null, 2) + "\n";
}
