// Copyright 2026 the HuleEdu authors. MIT license.

/** One recorded run of the Python services. */
export interface Vector<Input, Expected> {
  readonly name: string;
  readonly input: Input;
  readonly expected: Expected;
  readonly error?: { readonly type: string };
}

/** Reads the vectors of a file whose names match. */
export async function readVectors<Input, Expected>(
  file: string,
  names: RegExp,
): Promise<Vector<Input, Expected>[]> {
  const url = new URL(`../vectors/${file}`, import.meta.url);
  const all: Vector<Input, Expected>[] = JSON.parse(
    await Deno.readTextFile(url),
  );
  const chosen = all.filter(({ name }) => names.test(name));
  if (chosen.length === 0) throw new Error(`No vector matches ${names}`);
  return chosen;
}
