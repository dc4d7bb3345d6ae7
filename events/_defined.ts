// Copyright 2026 the HuleEdu authors. MIT license.

/** The attributes that have a value: exporters do not agree on `undefined`. */
export function defined<T>(
  attributes: Readonly<Record<string, T | undefined>>,
): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
