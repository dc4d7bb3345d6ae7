// Copyright 2026 the HuleEdu authors. MIT license.

import { dirname, join, relative, sep } from "node:path";

/** Where a specifier leads: to a file that is copied, or out of the package. */
export type Resolution =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "builtin"; readonly specifier: string }
  | {
    readonly kind: "npm";
    readonly specifier: string;
    readonly name: string;
    readonly range: string;
  };

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: string | Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
}

interface SourcePackage extends Manifest {
  readonly root: string;
}

/** Resolves specifiers by the import map and the links of a Deno config. */
export class Resolver {
  readonly #project: SourcePackage;
  readonly #linked: readonly SourcePackage[];

  private constructor(
    project: SourcePackage,
    linked: readonly SourcePackage[],
  ) {
    this.#project = project;
    this.#linked = linked;
  }

  /**
   * Reads a config and the manifests it links.
   *
   * @param configPath The path of the Deno config.
   * @returns The resolver.
   */
  static async load(configPath: string): Promise<Resolver> {
    const project = await readPackage(configPath);
    const linked = await Promise.all(
      (project.links ?? []).map((link) =>
        readPackage(join(project.root, link, "deno.json"))
      ),
    );
    return new Resolver(project, linked);
  }

  /**
   * Resolves a specifier.
   *
   * @param specifier The specifier as written.
   * @param importer The path of the file that imports it.
   * @returns Where it leads.
   * @throws {Error} If it is in no import map and no linked package.
   */
  resolve(specifier: string, importer: string): Resolution {
    if (/^\.\.?\//.test(specifier)) {
      return { kind: "file", path: join(dirname(importer), specifier) };
    }
    const { imports = {} } = this.#packageOf(importer);
    const target = mapSpecifier(specifier, imports);
    if (target.startsWith("node:")) return { kind: "builtin", specifier };
    const parsed =
      /^(npm|jsr):\/?((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(?:\/(.+))?$/.exec(
        target,
      );
    const [, scheme, name = "", range = "*", subpath] = parsed ?? [];
    if (scheme === "npm") {
      const bare = subpath === undefined ? name : `${name}/${subpath}`;
      return { kind: "npm", specifier: bare, name, range };
    }
    const found = this.#linked.find((linked) => linked.name === name);
    const path = found && exportedPath(found, subpath);
    if (path === undefined) {
      throw new Error(`Cannot resolve "${specifier}" from "${importer}"`);
    }
    return { kind: "file", path };
  }

  /**
   * Where a module goes, relative to `src/`: the project's own keep their place,
   * those of linked packages are filed under `deps/jsr.io/`, as in dnt.
   *
   * @param path The path of the module.
   * @returns The relative path, with forward slashes.
   */
  outputPath(path: string): string {
    const source = this.#packageOf(path);
    const inside = relative(source.root, path).split(sep).join("/");
    return source === this.#project
      ? inside
      : `deps/jsr.io/${source.name}/${source.version}/${inside}`;
  }

  #packageOf(path: string): SourcePackage {
    const linked = this.#linked.find(({ root }) => path.startsWith(root + sep));
    return linked ?? this.#project;
  }
}

async function readPackage(path: string): Promise<SourcePackage> {
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(path));
  return { ...manifest, root: dirname(path) };
}

function mapSpecifier(
  specifier: string,
  imports: Readonly<Record<string, string>>,
): string {
  for (const [key, value] of Object.entries(imports)) {
    if (specifier === key) return value;
    if (specifier.startsWith(`${key}/`)) {
      return value + specifier.slice(key.length);
    }
  }
  return specifier;
}

function exportedPath(
  { root, exports }: SourcePackage,
  subpath: string | undefined,
): string | undefined {
  const entries = typeof exports === "string" ? { ".": exports } : exports;
  const path = entries[subpath === undefined ? "." : `./${subpath}`];
  return path === undefined ? undefined : join(root, path);
}
