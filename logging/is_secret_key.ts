// Copyright 2026 the HuleEdu authors. MIT license.

import { nameKind } from "./_secret_names.ts";

/**
 * Tells whether a field of this name is taken for a secret: the default of
 * `isSecretKey` in `configureLogging` and `createServiceLogger`.
 *
 * It compares whole words, whether a name is written `apiKey`, `api_key` or
 * `X-Api-Key`: passwords, passphrases, passcodes, PINs, one-time passwords,
 * secrets, tokens, authorization, cookies, session ids, credentials, JWTs,
 * connection strings, DSNs, and API, access, account, private and signing keys.
 *
 * A name that only describes a secret is not taken for one: one that ends in
 * `at`, `count`, `enabled`, `expires`, `expiry`, `length`, `limit`, `ms`,
 * `policy`, `present`, `required`, `seconds`, `size`, `total`, `ttl`, `type`,
 * `usage`, `used` or `valid`, as `tokens_used` and `password_changed_at`. Loggers
 * show the numbers, the dates and the yes or no under such a name, at any depth,
 * and redact every other text: `passwordUsed` may hold the password. Names such
 * as `token_type` and `auth_type` are harmless, and show texts as well.
 *
 * @param key The name of a field.
 * @returns `true` if its value is to be redacted.
 *
 * @example Redacting one more field
 * ```ts
 * import { configureLogging, isSecretKey } from "@huleedu/service-libs/logging";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isSecretKey("X-Api-Key"));
 * assertFalse(isSecretKey("tokens_used"));
 *
 * configureLogging({
 *   isSecretKey: (key) => isSecretKey(key) || key === "personal_number",
 * });
 * configureLogging({});
 * ```
 */
export function isSecretKey(key: string): boolean {
  return nameKind(key) === "secret";
}
