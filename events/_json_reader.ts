// Copyright 2026 the HuleEdu authors. MIT license.

import { JsonNumber } from "./_json_number.ts";

/** How deep JSON may be nested, so that no reader of it runs out of stack. */
export const MAX_DEPTH = 1_000;

const MAX_INTEGER_DIGITS = 4_300;
const WHITESPACE = " \t\n\r";
const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][+-]?\d+)?/y;
// JSON allows no raw control characters in strings.
// deno-lint-ignore no-control-regex
const PLAIN = /[^"\\\x00-\x1f]*/y;
const HEX4 = /^[\da-fA-F]{4}$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const LITERALS: ReadonlyArray<[string, JsonNode]> = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", new JsonNumber("NaN")],
  ["Infinity", new JsonNumber("Infinity")],
  ["-Infinity", new JsonNumber("-Infinity")],
];

/**
 * A JSON value without loss: numbers keep their spelling, and objects are maps,
 * so that `__proto__` and integer-like keys are keys like any other.
 */
export type JsonNode =
  | null
  | boolean
  | string
  | JsonNumber
  | JsonNode[]
  | Map<string, JsonNode>;

/** Why a text is not JSON, as the rest of a sentence. */
export class JsonReadError extends Error {
  /** The name of the class. */
  override name = "JsonReadError";
}

/**
 * Reads JSON exactly as Python's `json.loads` does: `NaN` and infinities are
 * numbers, lone surrogate escapes stay, the last of equal keys wins, integers
 * have 4,300 digits at most. Nesting is limited to {@linkcode MAX_DEPTH}.
 *
 * @throws {JsonReadError} If the text is not JSON. The message tells the place
 * and shows nothing of the text.
 */
export function readJson(text: string): JsonNode {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonNode {
    this.#skipWhitespace();
    const value = this.#value();
    this.#skipWhitespace();
    if (this.#at < this.#text.length) throw this.#error("extra data");
    return value;
  }

  #value(): JsonNode {
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
    }
    const lexeme = this.#match(NUMBER);
    if (lexeme !== "") return this.#number(lexeme);
    for (const [spelling, value] of LITERALS) {
      if (this.#text.startsWith(spelling, this.#at)) {
        this.#at += spelling.length;
        return value;
      }
    }
    throw this.#error("expecting a value");
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) {
      throw new JsonReadError(`is nested deeper than ${MAX_DEPTH} levels`);
    }
    this.#at++;
    this.#skipWhitespace();
  }

  #object(): Map<string, JsonNode> {
    this.#enter();
    const object = new Map<string, JsonNode>();
    if (this.#leave("}")) return object;
    do {
      this.#skipWhitespace();
      if (this.#text[this.#at] !== '"') {
        throw this.#error("expecting a property name in double quotes");
      }
      const key = this.#string();
      this.#skipWhitespace();
      if (!this.#take(":")) throw this.#error("expecting a colon");
      this.#skipWhitespace();
      object.set(key, this.#value());
      this.#skipWhitespace();
    } while (this.#take(","));
    if (!this.#leave("}")) throw this.#error("expecting a comma");
    return object;
  }

  #array(): JsonNode[] {
    this.#enter();
    const array: JsonNode[] = [];
    if (this.#leave("]")) return array;
    do {
      this.#skipWhitespace();
      array.push(this.#value());
      this.#skipWhitespace();
    } while (this.#take(","));
    if (!this.#leave("]")) throw this.#error("expecting a comma");
    return array;
  }

  #number(lexeme: string): JsonNumber {
    const digits = lexeme.startsWith("-") ? lexeme.length - 1 : lexeme.length;
    if (digits > MAX_INTEGER_DIGITS && !/[.eE]/.test(lexeme)) {
      throw new JsonReadError(
        `has an integer of more than ${MAX_INTEGER_DIGITS} digits`,
      );
    }
    return new JsonNumber(lexeme);
  }

  #string(): string {
    this.#at++;
    let value = this.#match(PLAIN);
    while (!this.#take('"')) {
      if (!this.#take("\\")) {
        throw this.#error(
          this.#at < this.#text.length
            ? "invalid control character"
            : "unterminated string",
        );
      }
      value += this.#escape();
      value += this.#match(PLAIN);
    }
    return value;
  }

  #escape(): string {
    const letter = this.#text[this.#at] ?? "";
    const simple = ESCAPES.get(letter);
    if (simple !== undefined) {
      this.#at++;
      return simple;
    }
    const hex = this.#text.slice(this.#at + 1, this.#at + 5);
    if (letter !== "u" || !HEX4.test(hex)) throw this.#error("invalid escape");
    this.#at += 5;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #match(pattern: RegExp): string {
    const from = this.#at;
    pattern.lastIndex = from;
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }

  #skipWhitespace(): void {
    while (WHITESPACE.includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #leave(bracket: string): boolean {
    if (!this.#take(bracket)) return false;
    this.#depth--;
    return true;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #error(problem: string): JsonReadError {
    return new JsonReadError(
      `is not JSON: ${problem} at character ${this.#at}`,
    );
  }
}
