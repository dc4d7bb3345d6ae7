// Copyright 2026 the HuleEdu authors. MIT license.

import { type Assignment, assignmentAt } from "./_assignment.ts";
import { isProse } from "./_prose.ts";
import type { NameKind } from "./_secret_names.ts";
import {
  balancedEnd,
  matchEnd,
  openingQuote,
  quotedEnd,
  redactedLike,
} from "./_text_values.ts";

const SEPARATOR = /[=:]/g;

const BARE =
  /(?:(?:bearer|basic|digest|token)\s{1,3})?(?:[^\s"'&;]|'(?=\w))+/iy;

const REST_OF_LINE = /[^\r\n]+/y;

/** Headers whose value runs to the end of the line. */
const HEADER = /authorization|cookie/i;

/** That there is no secret is none, nor is that all is well. */
const NOTHING =
  /(?:true|false|null|undefined|none|nil|ok|yes|no)(?=$|[\s,;&|)\]}>"'<\\]|\.(?:$|\s))/iy;

/** A list or an object after a name, a colon and a space, as Node shows them. */
const DATA = /[[{]\s{0,32}(?:\\{0,31}["']|[A-Za-z_$][\w$]{0,63}:\s)/y;

/** How many tokens a model has used is no secret. */
const COUNT = /\d+(?![\w.-])/y;

/** What may be told under a name that describes a secret. */
const QUANTITY =
  /(?:[[{]|\d+(?:\.\d+)?(?:m?s)?(?![\w.:-])|\\?["']?\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.,+Z-]*)?(?![\w.-]))/y;

/** A file, before the line of a frame of a stack. */
const FILE = /\.(?:[cm]?[jt]sx?|svelte|vue|py|rb|rs|go|java|kt|cs)$/;

/** Line and column, also of a file without an ending, as `node:internal/auth`. */
const LINE_AND_COLUMN = /\d{1,7}:\d{1,7}(?![\w:])/y;

/** What a value that stands alone is followed by: nothing, or the next pair. */
const ALONE =
  /[^\S\r\n]*(?:$|[\r\n,;|)\]}"'&<]|[A-Za-z][\w.-]{0,63}\s{0,2}[:=])/y;

const SIGNATURE = /^(?:x-[a-z]{2,8}-)?sig(?:nature)?$/i;

/** A value in a connection string, which may have spaces, after another pair. */
const TO_SEMICOLON = /[^;\r\n"]{1,256}(?=;)/y;
/** The same before another pair, or at the end. */
const BEFORE_PAIR =
  /[^;=\r\n"]{1,256}(?=;[ \t]{0,2}(?:$|[\r\n"'`)]|[A-Za-z][\w -]{0,32}=))/y;

/**
 * Redacts the values of secret names in `name=value`, `name: value`,
 * `"name":"value"`, connection strings, queries and header lines.
 */
export function scrubAssignments(
  text: string,
  kindOf: (name: string) => NameKind,
): string {
  let out = "";
  let done = 0;
  for (let at = separatorFrom(text, 0); at >= 0;) {
    const assignment = assignmentAt(text, at, done);
    const start = assignment?.start ?? at + 1;
    const end = assignment === undefined
      ? start
      : secretEnd(text, assignment, kindOf);
    if (end > start) {
      out += text.slice(done, start) + redactedLike(text, start);
      done = end;
    }
    at = separatorFrom(text, end);
  }
  return done === 0 ? text : out + text.slice(done);
}

/** Not by `matchAll`: the caller's rule may log, and values are passed over. */
function separatorFrom(text: string, from: number): number {
  SEPARATOR.lastIndex = from;
  return SEPARATOR.test(text) ? SEPARATOR.lastIndex - 1 : -1;
}

/** Where the secret that is assigned ends; where it begins if there is none. */
function secretEnd(
  text: string,
  assignment: Assignment,
  kindOf: (name: string) => NameKind,
): number {
  const { name, start } = assignment;
  if (start >= text.length) return start;
  const kind = kindOf(name);
  if (kind === "other" && !isSignature(text, assignment)) return start;
  return isHarmless(text, assignment, kind)
    ? start
    : valueEnd(text, assignment);
}

/** Tells whether a name is that of a signature, which is one in queries only. */
function isSignature(text: string, assignment: Assignment): boolean {
  const { name, nameStart, hasEquals } = assignment;
  if (!hasEquals || !SIGNATURE.test(name)) return false;
  return name.includes("-") || /[?&;]/.test(text[nameStart - 1] ?? "");
}

function isHarmless(
  text: string,
  assignment: Assignment,
  kind: NameKind,
): boolean {
  const { name, start, hasEquals } = assignment;
  if (isNothing(text, assignment)) return true;
  if (kind === "description" && matchEnd(QUANTITY, text, start) > start) {
    return true;
  }
  if (/tokens$/i.test(name) && matchEnd(COUNT, text, start) > start) {
    return true;
  }
  if (hasEquals || text[start - 1] !== ":") return false;
  return matchEnd(LINE_AND_COLUMN, text, start) > start ||
    FILE.test(name) && /\d/.test(text[start]!);
}

/** Tells whether there is no secret, and not one of words such as `no way`. */
function isNothing(text: string, assignment: Assignment): boolean {
  const end = matchEnd(NOTHING, text, assignment.start);
  return end > assignment.start &&
    (text[end] !== " " || pairEnd(text, assignment) <= end);
}

function valueEnd(text: string, assignment: Assignment): number {
  const { name, start, hasEquals, isQuotedName } = assignment;
  if (openingQuote(text, start) !== "") {
    return quotedEnd(text, start, hasEquals);
  }
  if (!hasEquals) {
    if (HEADER.test(name)) return matchEnd(REST_OF_LINE, text, start);
    if (!isQuotedName && /\s/.test(text[start - 1]!)) {
      return wordEnd(text, assignment);
    }
  }
  const end = pairEnd(text, assignment);
  if (text[start] === "{" || text[start] === "[") {
    return Math.max(end, bracketsEnd(text, start, isQuotedName));
  }
  return end > start ? end : matchEnd(BARE, text, start);
}

/** Where a value of a connection string ends; where it begins if it is none. */
function pairEnd(text: string, assignment: Assignment): number {
  const { start, hasEquals } = assignment;
  if (!hasEquals) return start;
  const pattern = isAfterPair(text, assignment) ? TO_SEMICOLON : BEFORE_PAIR;
  return matchEnd(pattern, text, start);
}

/** Where brackets end, with what follows: a password may begin with some. */
function bracketsEnd(
  text: string,
  start: number,
  isQuotedName: boolean,
): number {
  const end = balancedEnd(text, start);
  const isData = isQuotedName || /[,)\]}]/.test(text[end] ?? "");
  return isData ? end : matchEnd(BARE, text, end);
}

/** Where the word after a name, a colon and a space ends, if it is a secret. */
function wordEnd(text: string, { name, nameStart, start }: Assignment): number {
  // What parsers say: `Unexpected token: function`.
  const before = text.slice(Math.max(0, nameStart - 10), nameStart);
  const isUnexpected = /nexpected $/.test(before);
  if (!isUnexpected && matchEnd(DATA, text, start) > start) {
    return balancedEnd(text, start);
  }
  const end = matchEnd(BARE, text, start);
  const word = text.slice(start, end);
  if (isProse(word) || !/[\p{L}\d]/u.test(word)) return start;
  if (/\d/.test(word) || /key/i.test(name)) return end;
  if (isUnexpected) return start;
  const isAlone = /[.,;)\]}]$/.test(word) || matchEnd(ALONE, text, end) > end ||
    end === text.length;
  return isAlone ? end : start;
}

/** Tells whether there is a `;` before the name, and a `name=value` before it. */
function isAfterPair(text: string, { nameStart }: Assignment): boolean {
  let at = nameStart - 1;
  while (at > nameStart - 3 && text[at] === " ") at--;
  if (text[at] !== ";") return false;
  const least = Math.max(0, at - 96);
  for (at--; at >= least; at--) {
    const char = text[at];
    if (char === "=") return true;
    if (char === ";" || char === "\n" || char === '"') return false;
  }
  return false;
}
