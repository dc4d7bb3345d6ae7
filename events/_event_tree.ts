// Copyright 2026 the HuleEdu authors. MIT license.

import { createHash } from "node:crypto";
import { EnvelopeError } from "./envelope_error.ts";
import { canonicalJson } from "./_canonical_json.ts";
import { JsonNumber } from "./_json_number.ts";
import { type JsonNode, JsonReadError, readJson } from "./_json_reader.ts";
import { kindOf } from "./_kind.ts";

/** The members of an event's body, without loss. */
export type EventTree = ReadonlyMap<string, JsonNode>;

/**
 * Reads an event's body without loss.
 *
 * @throws {EnvelopeError} If it is not JSON, or no object.
 */
export function readEventTree(text: string): EventTree {
  let tree: JsonNode;
  try {
    tree = readJson(text);
  } catch (error) {
    if (!(error instanceof JsonReadError)) throw error;
    throw new EnvelopeError("", error.message, { cause: error });
  }
  if (tree instanceof Map) return tree;
  const kind = tree instanceof JsonNumber ? "a number" : kindOf(tree);
  throw new EnvelopeError("", `must be an object, received ${kind}`);
}

/** SHA-256 of the canonical text of a value, in lower-case hex. */
export function hashNode(node: JsonNode): string {
  return createHash("sha256").update(canonicalJson(node)).digest("hex");
}

/** What Python's `bool` says of a value. */
export function isTruthyNode(node: JsonNode | undefined): boolean {
  if (node instanceof JsonNumber) return node.toNumber() !== 0;
  if (node instanceof Map) return node.size > 0;
  if (Array.isArray(node)) return node.length > 0;
  return Boolean(node);
}
