// Copyright 2026 the HuleEdu authors. MIT license.

import { requirePaths, requirePredicate } from "./_options.ts";
import { Serializer } from "./_serializer.ts";
import { isSecretKey } from "./is_secret_key.ts";

/** What is redacted, as the options say it. */
export interface RedactionOptions {
  /** Tells which fields are redacted. */
  readonly isSecretKey?: (key: string) => boolean;
  /** The paths of fields that are redacted as well. */
  readonly redactPaths?: readonly string[];
}

/**
 * Makes the serializer that redacts as the options say.
 *
 * @throws {TypeError} If an option is of the wrong kind.
 */
export function createSerializer(
  action: string,
  options: RedactionOptions,
): Serializer {
  return new Serializer(
    requirePredicate(action, "isSecretKey", options.isSecretKey ?? isSecretKey),
    requirePaths(action, "redactPaths", options.redactPaths ?? []),
  );
}
