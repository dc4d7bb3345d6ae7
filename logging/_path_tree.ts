// Copyright 2026 the HuleEdu authors. MIT license.

/** Stands for any one name or index in a path. */
const ANY = "*";

/** A point that paths to secrets lead through or end at. */
export class PathTree {
  readonly #children = new Map<string, PathTree>();
  #isEnd = false;

  /** Puts paths together, in which `*` stands for any one name or index. */
  static from(paths: readonly (readonly string[])[]): PathTree | undefined {
    if (paths.length === 0) return undefined;
    const root = new PathTree();
    for (const path of paths) {
      let tree: PathTree = root;
      for (const name of path) tree = tree.#grow(name);
      tree.#isEnd = true;
    }
    return root;
  }

  /**
   * Goes on by one name from each point.
   *
   * @returns The points reached; `"end"` if one of them is the end of a path.
   */
  static step(
    trees: readonly PathTree[],
    name: string,
  ): readonly PathTree[] | "end" {
    const reached: PathTree[] = [];
    for (const tree of trees) {
      for (const key of [name, ANY]) {
        const child = tree.#children.get(key);
        if (child === undefined) continue;
        if (child.#isEnd) return "end";
        reached.push(child);
      }
    }
    return reached;
  }

  #grow(name: string): PathTree {
    let child = this.#children.get(name);
    if (child === undefined) {
      child = new PathTree();
      this.#children.set(name, child);
    }
    return child;
  }
}
