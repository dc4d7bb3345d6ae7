// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";

/** What stands before a `'` that is no apostrophe. */
const BEFORE_STRING = /[\s[{(,:=]/;

/** Where a sticky pattern that is tried at `start` ends; `start` if it fails. */
export function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/**
 * The quote that begins a value here, with the backslashes before it, which JSON
 * inside JSON has; empty if there is none.
 */
export function openingQuote(text: string, at: number): string {
  let end = at;
  while (text[end] === "\\") end++;
  return isQuote(text[end]) ? text.slice(at, end + 1) : "";
}

/**
 * Where a value in quotes ends, with them; at the end of the text if it is open.
 *
 * Each JSON around another doubles the backslashes and adds one before a quote.
 * So a quote ends the value if as many stand before it as before the first, apart
 * from pairs of escaped ones.
 *
 * @param isDoubled Whether two quotes within it stand for one.
 */
export function quotedEnd(
  text: string,
  start: number,
  isDoubled = false,
): number {
  const opening = openingQuote(text, start);
  const quote = opening.at(-1);
  const before = opening.length - 1;
  const pair = 2 * opening.length;
  let escapes = 0;
  for (let i = start + opening.length; i < text.length; i++) {
    const char = text[i];
    if (char === "\\") {
      escapes++;
      continue;
    }
    if (char === quote && escapes % pair === before) {
      if (!isDoubled || i === start + 1 || text[i + 1] !== quote) return i + 1;
      i++;
    }
    escapes = 0;
  }
  return text.length;
}

/** Where a list or an object ends, with its bracket; strings may have brackets. */
export function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let escapes = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === "\\") {
      escapes++;
      continue;
    }
    if (isQuote(char) && isString(text, i - escapes, char)) {
      i = quotedEnd(text, i - escapes) - 1;
    } else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return i + 1;
    escapes = 0;
  }
  return text.length;
}

/** The mark in the quotes that the value had, so that JSON text stays JSON. */
export function redactedLike(text: string, at: number): string {
  const quote = openingQuote(text, at);
  return quote + REDACTED + quote;
}

function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'";
}

function isString(
  text: string,
  at: number,
  quote: string | undefined,
): boolean {
  return quote === '"' || BEFORE_STRING.test(text[at - 1] ?? " ");
}
