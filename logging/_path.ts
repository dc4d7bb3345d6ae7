// Copyright 2026 the HuleEdu authors. MIT license.

/** A name after a dot or at the beginning, an index or star, a name in quotes. */
const STEP =
  /(?:^|(?<!^)\.)([^.[\]"']+)|\[(?:(\d+|\*)|"((?:[^"\\]|\\[^])+)"|'((?:[^'\\]|\\[^])+)')\]/y;

/**
 * Reads a path such as `user.email`, `items[0].name` or `a["b.c"]`.
 *
 * @param path The path.
 * @returns Its names, or `undefined` if it is no such path. One that begins with
 * `$.`, as JSONPath has it, is none: a field of that name is `["$"]`.
 */
export function parsePath(path: string): readonly string[] | undefined {
  const names: string[] = [];
  STEP.lastIndex = 0;
  for (let at = 0; at < path.length; at = STEP.lastIndex) {
    const match = STEP.exec(path);
    if (match === null) return undefined;
    const [, name, index, double, single] = match;
    if (name !== undefined && at === 0 && name.startsWith("$")) {
      return undefined;
    }
    const quoted = (double ?? single)?.replace(/\\([^])/g, "$1");
    names.push(name ?? index ?? quoted ?? "");
  }
  return names.length === 0 ? undefined : names;
}
