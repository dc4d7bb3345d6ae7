// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import type { EnvelopeFields } from "./_envelope_fields.ts";
import { readEventTree } from "./_event_tree.ts";
import { utf8Text } from "./_json_bytes.ts";
import { JsonNumber } from "./_json_number.ts";
import { type JsonNode, MAX_DEPTH } from "./_json_reader.ts";
import { isWellFormed } from "./_well_formed.ts";
import { findJsonProblem } from "./_json_value.ts";
import { kindOf } from "./_kind.ts";

const RULES = { bigint: false, nonFinite: true };
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A body as text, and the members of the object that it is. */
export interface Body {
  readonly text: string;
  readonly members: EnvelopeFields;
}

/**
 * Reads the JSON object of a body.
 *
 * @throws {EnvelopeError} If the body is too large, too deep, or no JSON object.
 */
export function readBody(raw: string | Uint8Array, maxBytes: number): Body {
  checkSize(raw, maxBytes);
  const text = typeof raw === "string" ? raw : utf8Text(raw);
  checkDepth(text);
  const members = readMembers(text);
  if (text.includes("\\u") && SURROGATE_ESCAPE.test(text)) {
    checkSurrogates(members);
  }
  // Bytes that were UTF-8 hold none.
  if (typeof raw === "string" && !isWellFormed(text)) {
    throw new EnvelopeError("", "contains a lone surrogate");
  }
  return { text, members };
}

function checkSize(raw: string | Uint8Array, maxBytes: number): void {
  let size: number;
  if (typeof raw === "string") {
    // A UTF-16 unit is 3 bytes of UTF-8 at most: mostly that settles it.
    if (raw.length * 3 <= maxBytes) return;
    size = new TextEncoder().encode(raw).length;
  } else if (raw instanceof Uint8Array) {
    size = raw.length;
  } else {
    throw new EnvelopeError(
      "",
      `must be text or bytes, received ${kindOf(raw)}`,
    );
  }
  if (size <= maxBytes) return;
  throw new EnvelopeError(
    "",
    `must not be larger than ${maxBytes} bytes, received ${size}`,
  );
}

function readMembers(text: string): EnvelopeFields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The reader below takes NaN and infinities. For whatever else, it tells the
    // place without showing the text, as the message of JSON.parse does.
    value = toValue(readEventTree(text) as JsonNode);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as EnvelopeFields;
  }
  throw new EnvelopeError("", `must be an object, received ${kindOf(value)}`);
}

function toValue(node: JsonNode): unknown {
  if (node instanceof JsonNumber) return node.toNumber();
  if (Array.isArray(node)) return node.map(toValue);
  if (!(node instanceof Map)) return node;
  // fromEntries defines keys: `__proto__` is one like any other.
  return Object.fromEntries(
    [...node].map(([key, value]) => [key, toValue(value)]),
  );
}

function checkSurrogates(members: EnvelopeFields): void {
  const problem = findJsonProblem(members, "", RULES);
  if (problem === undefined) return;
  throw new EnvelopeError(problem.path, problem.reason);
}

/** Some engines parse JSON by recursion, and so do most readers of the data. */
function checkDepth(text: string): void {
  // Each level takes two brackets, so that a short text cannot be too deep.
  if (text.length <= 2 * MAX_DEPTH) return;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if ((code | 0x20) === 0x7b) {
      if (++depth > MAX_DEPTH) {
        throw new EnvelopeError(
          "",
          `is nested deeper than ${MAX_DEPTH} levels`,
        );
      }
    } else if ((code | 0x20) === 0x7d) {
      depth--;
    }
  }
}

/** The index of the quote that ends the string; the end of a text without. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (at - before) % 2 === 0;
}
