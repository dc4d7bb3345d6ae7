// Copyright 2026 the HuleEdu authors. MIT license.

import { pythonStr } from "./_python_str.ts";

/**
 * A correlation id as text, spelled as the Python services spell it, so that
 * log lines of both can be searched for one text.
 *
 * @param value An id of any kind.
 * @returns Its text as of Python's `str`; `null` for `null` and `undefined`.
 *
 * @example Text stays as it is
 * ```ts
 * import { correlationIdText } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(correlationIdText("Corr-1"), "Corr-1");
 * assertEquals(correlationIdText(7), "7");
 * assertEquals(correlationIdText(null), null);
 * ```
 */
export function correlationIdText(value: unknown): string | null {
  return value === null || value === undefined ? null : pythonStr(value);
}
