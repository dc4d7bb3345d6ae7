// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * A name for a field that is not one of the line's own: `level` becomes
 * `fields.level`, and once more if there is such a field too.
 *
 * @param reserved The line's own names.
 * @param name The name of the field.
 * @param fields All fields.
 * @returns The name in the line.
 */
export function freeName(
  reserved: ReadonlySet<string>,
  name: string,
  fields: object,
): string {
  if (!reserved.has(name)) return name;
  let free = `fields.${name}`;
  while (Object.hasOwn(fields, free)) free = `fields.${free}`;
  return free;
}
