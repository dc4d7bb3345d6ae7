// Copyright 2026 the HuleEdu authors. MIT license.

import { MAX_DEPTH } from "./_json_reader.ts";
import { kindOf, tagOf } from "./_kind.ts";
import { formatPath } from "./_path.ts";
import { isWellFormed } from "./_well_formed.ts";

/** Objects whose content `JSON.stringify` would lose without a word. */
const LOST_KINDS: ReadonlySet<string> = new Set([
  "ArrayBuffer",
  "BigInt",
  "Boolean",
  "DataView",
  "Error",
  "Map",
  "Number",
  "Promise",
  "RegExp",
  "Set",
  "SharedArrayBuffer",
  "String",
  "Symbol",
  "WeakMap",
  "WeakRef",
  "WeakSet",
]);

/** What in a value has no JSON form, where, and why it could not be read. */
export interface JsonProblem {
  readonly path: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/** What a JSON writer takes beyond the values of JSON itself. */
export interface JsonRules {
  /** Whether a bigint has a form. */
  readonly bigint: boolean;
  /** Whether NaN and infinities have a form. */
  readonly nonFinite: boolean;
}

/**
 * Whether a value is made of plain objects, arrays and scalars only, which
 * `JSON.stringify` writes without loss. Quick, and sure of a yes only: of a no,
 * {@linkcode findJsonProblem} has the last word.
 */
export function isPlainJson(
  value: unknown,
  depth: number = MAX_DEPTH,
): boolean {
  if (typeof value !== "object") {
    return typeof value === "string" || typeof value === "number" ||
      typeof value === "boolean";
  }
  if (value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (!isPlainJson(value[index], depth - 1)) return false;
    }
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined && !isPlainJson(member, depth - 1)) return false;
  }
  return true;
}

/**
 * Finds the first thing in a value that has no JSON form: a bigint, a function,
 * a cycle, a `Map`, a lone surrogate, a getter that throws. A member that is
 * `undefined` is left out, as by every JSON writer of JavaScript; an item of an
 * array is not.
 *
 * @param value The value.
 * @param root What paths start from.
 * @param rules What the writer takes.
 * @returns The problem, or `undefined` when there is none.
 */
export function findJsonProblem(
  value: unknown,
  root: string,
  rules: JsonRules,
): JsonProblem | undefined {
  return new Search(root, rules).visit(value, "");
}

class Search {
  readonly #root: string;
  readonly #rules: JsonRules;
  readonly #path: PropertyKey[] = [];
  readonly #ancestors = new Set<object>();

  constructor(root: string, rules: JsonRules) {
    this.#root = root;
    this.#rules = rules;
  }

  visit(value: unknown, key: string): JsonProblem | undefined {
    switch (typeof value) {
      case "boolean":
        return undefined;
      case "string":
        return isWellFormed(value)
          ? undefined
          : this.#problem("contains a lone surrogate");
      case "number":
        return this.#rules.nonFinite || Number.isFinite(value)
          ? undefined
          : this.#noForm(value);
      case "bigint":
        return this.#rules.bigint ? undefined : this.#noForm(value);
      case "object":
        return value === null ? undefined : this.#object(value, key);
      default:
        return this.#noForm(value);
    }
  }

  #object(value: object, key: string): JsonProblem | undefined {
    if (this.#ancestors.has(value)) return this.#problem("contains itself");
    if (this.#ancestors.size === MAX_DEPTH) {
      return this.#problem(`is nested deeper than ${MAX_DEPTH} levels`);
    }
    this.#ancestors.add(value);
    let problem: JsonProblem | undefined;
    try {
      problem = this.#content(value, key);
    } catch (cause) {
      problem = this.#problem("cannot be read", cause);
    }
    this.#ancestors.delete(value);
    return problem;
  }

  #content(value: object, key: string): JsonProblem | undefined {
    if ("toJSON" in value && typeof value.toJSON === "function") {
      const replaced: unknown = value.toJSON(key);
      // An invalid date turns into null.
      return replaced === null
        ? this.#noForm(value)
        : this.visit(replaced, key);
    }
    if (Array.isArray(value)) {
      return first(value, (item, index) => this.#member(index, item));
    }
    if (ArrayBuffer.isView(value) || LOST_KINDS.has(tagOf(value))) {
      return this.#noForm(value);
    }
    return first(Object.keys(value), (name) => {
      if (!isWellFormed(name)) {
        return this.#problem("has a key with a lone surrogate");
      }
      const member = (value as Record<string, unknown>)[name];
      return member === undefined ? undefined : this.#member(name, member);
    });
  }

  #member(key: PropertyKey, value: unknown): JsonProblem | undefined {
    this.#path.push(key);
    const problem = this.visit(value, String(key));
    this.#path.pop();
    return problem;
  }

  #noForm(value: unknown): JsonProblem {
    return this.#problem(`has no JSON form: it is ${kindOf(value)}`);
  }

  #problem(reason: string, cause?: unknown): JsonProblem {
    return { path: formatPath(this.#root, this.#path), reason, cause };
  }
}

function first<T>(
  items: ArrayLike<T>,
  look: (item: T, index: number) => JsonProblem | undefined,
): JsonProblem | undefined {
  for (let index = 0; index < items.length; index++) {
    const problem = look(items[index] as T, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
