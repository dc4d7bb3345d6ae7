// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";

/** Has the process see these variables alone until the end of the block. */
export function environment(
  variables: Readonly<Record<string, string>>,
): Disposable {
  const real = process.env;
  process.env = { ...variables };
  return {
    [Symbol.dispose]() {
      process.env = real;
    },
  };
}
