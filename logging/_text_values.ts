// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";

/** Where a sticky pattern that is tried at `start` ends; `start` if it fails. */
export function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/** Tells whether a value in quotes begins here, escaped ones included. */
export function isQuote(text: string, at: number): boolean {
  return text[at] === '"' || text[at] === "'" || text.startsWith('\\"', at);
}

/**
 * Where a value in quotes ends, with them; at the end of the text if it is open.
 *
 * @param isDoubled Whether two quotes within it stand for one.
 */
export function quotedEnd(
  text: string,
  start: number,
  isDoubled = false,
): number {
  const quote = text[start];
  if (quote === "\\") {
    const end = text.indexOf('\\"', start + 2);
    return end < 0 ? text.length : end + 2;
  }
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === quote) {
      if (!isDoubled || i === start + 1 || text[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  return text.length;
}

/** Where a list or an object ends, with its bracket. */
export function balancedEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return i + 1;
  }
  return text.length;
}

/** The mark in the quotes that the value had, so that JSON text stays JSON. */
export function redactedLike(text: string, at: number): string {
  if (text.startsWith('\\"', at)) return `\\"${REDACTED}\\"`;
  if (isQuote(text, at)) return `${text[at]}${REDACTED}${text[at]}`;
  return REDACTED;
}
