// Copyright 2026 the HuleEdu authors. MIT license.

import { MAX_TEXT } from "./_marks.ts";
import { scrub } from "./_scrub.ts";
import type { NameKind } from "./_secret_names.ts";

/**
 * Anything that is not plain: what JSON escapes, what is not ASCII, and what
 * connection strings, assignments and headers are made of.
 */
const NOT_PLAIN = /[^ !#-9;<>?A-[\]-~]/;

/**
 * What JSON leaves as it is but terminals and line splitters act on: delete, C1
 * controls with NEL and CSI, and the line and paragraph separators.
 */
const UNSAFE = /[\u007f-\u009f\u2028\u2029]/g;

/** How keys with a form of their own begin, where they have an underscore. */
const KEY_START = /gh[opsur]_|_pat_|k_(?:live|test)_|npm_/;

const HYPHEN = 0x2d;

/** How far beyond the limit a text is searched for secrets that straddle it. */
const OVERLAP = 4_608;

/**
 * Writes a text as a JSON string of one line, shortened to {@linkcode MAX_TEXT}
 * and without the secrets inside it.
 *
 * @param text The text.
 * @param kindOf Tells what a name says of its value.
 * @returns The JSON string, quotes included.
 */
export function quoteText(
  text: string,
  kindOf: (name: string) => NameKind,
): string {
  if (text.length > MAX_TEXT) return quote(shorten(text, kindOf));
  if (!NOT_PLAIN.test(text)) {
    if (!mayHoldSecret(text)) return `"${text}"`;
  }
  return quote(scrub(text, kindOf));
}

/**
 * Tells whether a plain text is worth a closer look. For short ones, which are
 * many, to search them would cost more than to write them: `--pin 1` and the like
 * are seen at their beginning only.
 */
function mayHoldSecret(text: string): boolean {
  if (text.length < 13) return text.charCodeAt(0) === HYPHEN;
  if (text.includes(" ")) {
    const isWorthIt = text.includes("earer ") || text.includes("asic ") ||
      text.includes("--");
    if (isWorthIt) return true;
  }
  return text.length > 16 && (text.includes("eyJ") || text.includes("AKIA") ||
    text.includes("AIza") || text.includes("sk-") || text.includes("glpat-") ||
    text.includes("</") || text.includes("_") && KEY_START.test(text));
}

/**
 * Writes plain data as JSON of one line that no terminal acts on.
 *
 * @param data A text, or other data that JSON can hold.
 * @returns The JSON.
 */
export function quote(data: unknown): string {
  const json = JSON.stringify(data);
  return json.search(UNSAFE) < 0 ? json : json.replace(UNSAFE, escapeCharacter);
}

function shorten(
  text: string,
  kindOf: (name: string) => NameKind,
): string {
  const scrubbed = scrub(text.slice(0, MAX_TEXT + OVERLAP), kindOf);
  const kept = scrubbed.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, "");
  return `${kept}…[truncated, ${text.length} characters in all]`;
}

function escapeCharacter(character: string): string {
  return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
}
