// Copyright 2026 the HuleEdu authors. MIT license.

import { requirePredicate } from "./_options.ts";
import type { RedactionOptions } from "./_redaction.ts";
import { ANY_NAME } from "./_secret_names.ts";
import { isSecretKey } from "./is_secret_key.ts";

/**
 * Adds the rule of the options to the default one: who names one more secret
 * must not lay open all others.
 *
 * @throws {TypeError} If the rule is no function.
 */
export function withDefaultRule(
  action: string,
  options: RedactionOptions,
): RedactionOptions {
  if (options.isSecretKey === undefined) return options;
  const isAlso = requirePredicate(action, "isSecretKey", options.isSecretKey);
  return {
    ...options,
    isSecretKey: (key) => key === ANY_NAME || isSecretKey(key) || isAlso(key),
  };
}
