// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";

/** Names that are worth a closer look; without one a text has no secret. */
const HINT =
  /@|pass|pwd|secret|token|key|credential|auth|cookie|bearer|basic|jwt|eyJ|connection|gh[opsur]_|_pat_|AKIA|xox|k_live|PRIVATE|pin|sig|sid|csrf|dsn|session|conn/i;

/**
 * The password of a URL. The first form ends with the authority, as RFC 3986
 * has it; the second is for passwords with an unescaped slash, and takes care
 * not to mistake a port for one. Lengths are bounded: no text is slow.
 */
const URL_PASSWORD =
  /(:\/\/[^\s\/?#:@"'<>]{0,128}:)(?:[^\s\/?#"'<>]{1,4096}|(?!\d{1,5}[\/?#])[^\s"'<>]{1,4096})@/g;

/** A token in the place of a user, as in `https://ghp_…@github.com`. */
const URL_TOKEN = /(:\/\/)[\w~+=%-]{20,512}@/g;

const BEARER = /(bearer\s{1,3})(?=[^\s"']{0,256}\d)[\w.~+\/=-]{8,}/gi;

/**
 * A JSON Web Token: base64url of `{"`, and two more parts. It begins where
 * nothing of the kind stands before it: else each `eyJ` of a long text would be
 * looked at to the end of the text.
 */
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{2,}\.[\w-]*/g;

/** Keys with a form of their own: of GitHub, AWS, Slack and Stripe, and in PEM. */
const KNOWN_KEY =
  /\b(?:gh[opsur]_\w{20,255}|github_pat_\w{20,255}|AKIA[A-Z\d]{16}|xox[abprs]-[\w-]{10,255}|[rs]k_live_\w{10,255})|-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?/g;

/** A name with `=` or `:` after it, as in queries, headers and JSON text. */
const NAME = /([A-Za-z][\w.-]{0,63})(\\?["'])?(\s{0,3}(?:=|:=?)\s{0,3})/g;

/** A value in quotes, escaped or not, to its end or that of the text. */
const QUOTED =
  /\\"(?:(?!\\")[^])*(?:\\")?|"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?/y;

const BARE = /(?:(?:bearer|basic|digest|token)\s{1,3})?[^\s"'&;]+/iy;
/** How many tokens a model has used is no secret. */
const COUNT = /\d+(?![\w.-])/y;

const REST_OF_LINE = /[^\r\n]+/y;

/** Headers whose value runs to the end of the line. */
const HEADER = /authorization|cookie/i;

/**
 * Redacts the secrets inside a text: passwords and tokens in URLs, bearer tokens,
 * JSON Web Tokens, keys of GitHub, AWS, Slack and Stripe, private keys in PEM, and
 * the values of secret names in `name=value`, `"name":"value"` and
 * header lines. Prose such as `password: too short` stays,
 * while a word with a digit is taken for a secret.
 *
 * @param text The text.
 * @param isSecretKey Tells which names are secret.
 * @returns The text without them.
 */
export function scrub(
  text: string,
  isSecretKey: (key: string) => boolean,
): string {
  if (!HINT.test(text)) return text;
  const scrubbed = text
    .replace(URL_PASSWORD, `$1${REDACTED}@`)
    .replace(URL_TOKEN, `$1${REDACTED}@`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(JWT, REDACTED)
    .replace(KNOWN_KEY, REDACTED);
  return scrubAssignments(scrubbed, isSecretKey);
}

function scrubAssignments(
  text: string,
  isSecretKey: (key: string) => boolean,
): string {
  let out = "";
  let done = 0;
  NAME.lastIndex = 0;
  for (let match = NAME.exec(text); match; match = NAME.exec(text)) {
    const [, name = "", quote, separator = ""] = match;
    const start = match.index + match[0].length;
    const isSecret = isSecretKey(name);
    // The predicate is the caller's and may log: it may have moved the index.
    NAME.lastIndex = start;
    if (!isSecret) continue;
    const end = valueEnd(text, start, name, quote !== undefined, separator);
    if (end === start) continue;
    out += text.slice(done, start) + redactedLike(text, start);
    done = end;
    NAME.lastIndex = end;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** Where the value that begins at `start` ends; `start` if there is none. */
function valueEnd(
  text: string,
  start: number,
  name: string,
  isQuotedName: boolean,
  separator: string,
): number {
  const first = text[start];
  if (first === undefined) return start;
  if (/tokens$/i.test(name) && matchEnd(COUNT, text, start) > start) {
    return start;
  }
  if (isQuote(text, start)) return matchEnd(QUOTED, text, start);
  if (separator.includes(":")) {
    if (HEADER.test(name)) return matchEnd(REST_OF_LINE, text, start);
    const isProse = !isQuotedName && /\s$/.test(separator) &&
      !/key/i.test(name);
    if (isProse) {
      const end = matchEnd(BARE, text, start);
      return /\d/.test(text.slice(start, end)) ? end : start;
    }
  }
  if (first === "{" || first === "[") return balancedEnd(text, start);
  return matchEnd(BARE, text, start);
}

function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

function balancedEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return i + 1;
  }
  return text.length;
}

function isQuote(text: string, at: number): boolean {
  return text[at] === '"' || text[at] === "'" || text.startsWith('\\"', at);
}

/** The mark in the quotes that the value had, so that JSON text stays JSON. */
function redactedLike(text: string, at: number): string {
  if (text.startsWith('\\"', at)) return `\\"${REDACTED}\\"`;
  if (isQuote(text, at)) return `${text[at]}${REDACTED}${text[at]}`;
  return REDACTED;
}
