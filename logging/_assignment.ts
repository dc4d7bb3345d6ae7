// Copyright 2026 the HuleEdu authors. MIT license.

/** A name and where its value begins, in a text. */
export interface Assignment {
  /** The name. */
  readonly name: string;
  /** Where the name begins. */
  readonly nameStart: number;
  /** Whether a quote ends the name. */
  readonly isQuotedName: boolean;
  /** Whether it is assigned by `=`, not by `:`. */
  readonly hasEquals: boolean;
  /** Where the value begins. */
  readonly start: number;
}

const MAX_NAME = 64;
/** How many spaces there may be on each side of `=` or `:`, as in columns. */
const MAX_SPACES = 32;
/** The same with a line break among them. */
const MAX_SPACES_OF_LINES = 3;

/**
 * Reads the assignment around an `=` or `:`. Looking back from it takes no longer
 * than the text is, in all: no name has another one in it.
 *
 * @param text The text.
 * @param at Where the `=` or `:` is.
 * @param floor Where looking back ends.
 * @returns The assignment, or `undefined` if it is none, as in `a == b`.
 */
export function assignmentAt(
  text: string,
  at: number,
  floor: number,
): Assignment | undefined {
  const hasEquals = text[at] === "=";
  const next = text[at + 1];
  if (hasEquals && (next === "=" || next === "~")) return undefined;
  if (!hasEquals && (next === ":" || text.startsWith("//", at + 1))) {
    return undefined;
  }
  let end = Math.max(floor, at - countSpaces(text, at - 1, -1));
  const quote = text[end - 1];
  const isQuotedName = end > floor && (quote === '"' || quote === "'");
  if (isQuotedName) {
    end--;
    while (end > floor && text[end - 1] === "\\") end--;
  }
  // `"name" => "value"` in Ruby and PHP, but not a function in JavaScript.
  const isArrow = hasEquals && next === ">";
  if (isArrow && !isQuotedName) return undefined;
  const nameStart = nameBefore(text, end, floor);
  if (nameStart >= end) return undefined;
  const after = at + (isArrow || (!hasEquals && next === "=") ? 2 : 1);
  const start = after + countSpaces(text, after, 1);
  const name = text.slice(nameStart, end);
  return { name, nameStart, isQuotedName, hasEquals, start };
}

/** Where the name that ends at `end` begins; names begin with a letter. */
function nameBefore(text: string, end: number, floor: number): number {
  let start = end;
  const least = Math.max(floor, end - MAX_NAME);
  while (start > least && isNameCode(text.charCodeAt(start - 1))) start--;
  while (start < end && !isLetterCode(text.charCodeAt(start))) start++;
  return start;
}

/** How many spaces there are from here on, forwards or backwards. */
function countSpaces(text: string, from: number, step: 1 | -1): number {
  let count = 0;
  for (let most = MAX_SPACES; count < most; count++) {
    const code = text.charCodeAt(from + step * count);
    if (!isSpace(code)) break;
    if (code !== 0x0a && code !== 0x0d) continue;
    if (count >= MAX_SPACES_OF_LINES) break;
    most = MAX_SPACES_OF_LINES;
  }
  return count;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0;
}

/** A letter, a digit, or one of `_.-`. */
function isNameCode(code: number): boolean {
  return isLetterCode(code) || (code >= 0x30 && code <= 0x39) ||
    code === 0x5f || code === 0x2e || code === 0x2d;
}

function isLetterCode(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
