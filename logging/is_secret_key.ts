// Copyright 2026 the HuleEdu authors. MIT license.

/** A name with one of these anywhere in it, in any case and punctuation. */
const ANYWHERE =
  /password|passwd|passphrase|passcode|authori[sz]ation|apikey|accesskey|accountkey|privatekey|secretkey|signingkey|encryptionkey|connectionstring|connstr|sessionid/;

/** A name that ends so, or a word of a name that ends so. */
const AT_END = /(?:secrets?|tokens?|cookies?|credentials?|jwts?|bearer)$/;

/** Words that are secrets only when they stand by themselves. */
const WORDS: ReadonlySet<string> = new Set(
  "auth pwd otp totp cvv pass pgpass pin dsn sid csrf xsrf".split(" "),
);

/** Names that end in one of these tell something about a secret, not the secret. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(
  "at count counts enabled expires expiry length limit ms policy present required seconds size total ttl type usage used valid"
    .split(" "),
);

/**
 * Tells whether a field of this name is taken for a secret: the default of
 * `isSecretKey` in `configureLogging` and `createServiceLogger`.
 *
 * It compares whole words, whether a name is written `apiKey`, `api_key` or
 * `X-Api-Key`: passwords, passphrases, passcodes, PINs, one-time passwords,
 * secrets, tokens, authorization, cookies, session ids, credentials, JWTs,
 * connection strings, DSNs, and API, access, account, private and signing keys. A name that only describes a secret is harmless: `tokens_used`,
 * `tokenCount`, `token_type`, `password_changed_at`.
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
  const words = wordsOf(key);
  const last = words.at(-1);
  if (last === undefined) return false;
  if (words.length > 1 && DESCRIPTIONS.has(last)) return false;
  const joined = words.join("");
  return ANYWHERE.test(joined) || AT_END.test(joined) ||
    words.some((word) => AT_END.test(word) || WORDS.has(word));
}

function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
}
