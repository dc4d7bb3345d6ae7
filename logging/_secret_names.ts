// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What a name says of its value: that it is a secret, that it tells something
 * about one, or nothing of the kind.
 */
export type NameKind = "secret" | "description" | "other";

/**
 * A name that nothing has. The rules of callers take it for a secret, which tells
 * that they may take any name for one.
 */
export const ANY_NAME = "\u0000";

/** A name with one of these anywhere in it, in any case and punctuation. */
const ANYWHERE =
  /password|passwd|passphrase|passcode|authori[sz]ation|apikey|accesskey|accountkey|privatekey|secretkey|signingkey|encryptionkey|connectionstring|connstr|sessionid/;

/** A name that ends so, or a word of a name that ends so. */
const AT_END = /(?:secrets?|tokens?|cookies?|credentials?|jwts?|bearer)$/;

/** Words that are secrets only when they stand by themselves. */
const WORDS: ReadonlySet<string> = new Set(
  "auth pwd otp totp cvv pass pgpass pin dsn sid csrf xsrf".split(" "),
);

/** Names that end in one of these tell something about a secret. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(
  "at count counts enabled expires expiry length limit ms policy present required seconds size total ttl type usage used valid"
    .split(" "),
);

/** Most names end in none of {@linkcode DESCRIPTIONS}, which is quickly seen. */
const MAY_DESCRIBE = new RegExp(`(?:${[...DESCRIPTIONS].join("|")})$`, "i");

/** Descriptions whose text is a word of a standard, as in `token_type=Bearer`. */
const HARMLESS = /(?:token|auth|authori[sz]ation|credentials?)type$/;

/** Tells what a name says of its value by the default rule. */
export function nameKind(name: string): NameKind {
  if (name === ANY_NAME) return "other";
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined) return "other";
  const joined = words.join("");
  const isOfSecret = ANYWHERE.test(joined) || AT_END.test(joined) ||
    words.some((word) => AT_END.test(word) || WORDS.has(word));
  if (!isOfSecret) return "other";
  if (words.length === 1 || !DESCRIPTIONS.has(last)) return "secret";
  return HARMLESS.test(joined) ? "other" : "description";
}

/** Tells what a name says where another rule has the first word. */
export function nameKindBy(
  isSecretKey: (name: string) => boolean,
  name: string,
): NameKind {
  if (isSecretKey(name)) return "secret";
  return MAY_DESCRIBE.test(name) && nameKind(name) === "description"
    ? "description"
    : "other";
}

function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
}
