// Copyright 2026 the HuleEdu authors. MIT license.

import { JsonNumber } from "./_json_number.ts";
import type { JsonNode } from "./_json_reader.ts";

const NOT_ASCII = /[\x7f-\uffff]/;
const EACH_NOT_ASCII = new RegExp(NOT_ASCII, "g");
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Writes JSON exactly as Python's `json.dumps(value, sort_keys=True)` does:
 * ASCII only, `", "` and `": "`, keys in the order of their code points.
 */
export function canonicalJson(node: JsonNode): string {
  if (typeof node === "string") return quoteAscii(node);
  if (node instanceof JsonNumber) return node.toPython();
  if (Array.isArray(node)) return `[${node.map(canonicalJson).join(", ")}]`;
  if (!(node instanceof Map)) return String(node);
  const members = sortedKeys(node).map((key) =>
    `${quoteAscii(key)}: ${canonicalJson(node.get(key) ?? null)}`
  );
  return `{${members.join(", ")}}`;
}

/** Quotes a string as Python does: all but printable ASCII is escaped. */
export function quoteAscii(text: string): string {
  const quoted = JSON.stringify(text);
  return NOT_ASCII.test(text)
    ? quoted.replace(EACH_NOT_ASCII, escapeUnit)
    : quoted;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function sortedKeys(node: ReadonlyMap<string, JsonNode>): string[] {
  const keys = [...node.keys()];
  // JavaScript compares UTF-16 units, which differs from code points only here.
  return keys.some((key) => SURROGATE.test(key))
    ? keys.sort(compareCodePoints)
    : keys.sort();
}

function compareCodePoints(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (const [index, character] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (character !== other) {
      return (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    }
  }
  return -1;
}
