// Copyright 2026 the HuleEdu authors. MIT license.

import {
  CIRCULAR,
  MAX_DEPTH,
  MAX_ENTRIES,
  MAX_FIELDS,
  REDACTED,
  TOO_DEEP,
  TRUNCATED,
  UNREADABLE,
} from "./_marks.ts";
import { PathTree } from "./_path_tree.ts";
import { type NameKind, nameKindBy } from "./_secret_names.ts";
import { isError, isPlain, readProperty, toSimple } from "./_simple_value.ts";
import { quoteText } from "./_text.ts";

/** What is worth knowing about a name, found out once. */
export interface KeyInfo {
  /** The name as JSON, with the colon. */
  readonly json: string;
  /** Whether its value is redacted. */
  readonly isSecret: boolean;
}

/** How many names are remembered; a program has few, data may have many. */
const MAX_KEYS = 1_000;

/** How often reading a value may log values that log when they are read. */
const MAX_NESTING = 3;

const ERROR_PARTS: readonly string[] = [
  "name",
  "message",
  "stack",
  "cause",
  "errors",
];

/**
 * Writes values as JSON of one line. It reads every value by itself, since
 * `JSON.stringify` throws on some and knows no limits; nothing that a value
 * does can make it throw.
 */
export class Serializer {
  readonly #kindOf: (name: string) => NameKind;
  readonly #keys = new Map<string, KeyInfo>();
  /** Where in the paths to secrets the fields of a line begin. */
  readonly #roots: readonly PathTree[] | undefined;
  #points: readonly PathTree[] | undefined;
  #left = MAX_FIELDS;
  #ancestors: object[] = [];
  #nesting = 0;

  /** Creates a serializer that redacts what stands under given names and paths. */
  constructor(
    isSecretKey: (key: string) => boolean,
    paths: readonly string[] = [],
  ) {
    const tree = PathTree.from(paths);
    this.#roots = tree && [tree];
    this.#kindOf = (name) => {
      try {
        return nameKindBy(isSecretKey, name);
      } catch {
        return "secret";
      }
    };
  }

  /** Whether the allowance of characters is used up. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Writes a text. */
  text(text: string): string {
    return quoteText(text, this.#kindOf);
  }

  /** Finds out about a name. */
  key(name: string): KeyInfo {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const info = {
      json: this.text(name) + ":",
      isSecret: this.#kindOf(name) === "secret",
    };
    if (this.#keys.size < MAX_KEYS) this.#keys.set(name, info);
    return info;
  }

  /**
   * Runs `write` with a fresh allowance of characters. Runs nest when reading a
   * value logs; each has its own, and the nesting has an end.
   *
   * @returns What `write` returns, or `undefined` where the nesting ends.
   */
  run<T>(write: () => T): T | undefined {
    if (this.#nesting >= MAX_NESTING) return undefined;
    const left = this.#left;
    const ancestors = this.#ancestors;
    const points = this.#points;
    this.#nesting++;
    this.#left = MAX_FIELDS;
    this.#ancestors = [];
    this.#points = this.#roots;
    try {
      return write();
    } finally {
      this.#nesting--;
      this.#left = left;
      this.#ancestors = ancestors;
      this.#points = points;
    }
  }

  /**
   * Writes the value of a field.
   *
   * @returns The JSON, or `undefined` where JSON has nothing to write.
   */
  field(info: KeyInfo, name: string, value: unknown): string | undefined {
    const json = info.isSecret && isWorthHiding(name, value)
      ? this.#redacted()
      : this.#points === undefined
      ? this.value(value)
      : this.#member(this.#points, name, value);
    if (json !== undefined) this.#left -= info.json.length;
    return json;
  }

  /** What stands in the place of fields that are too many. */
  rest(count: number): string {
    return `"${TRUNCATED}":"${count} more"`;
  }

  /** Writes what stands under a name or index, if no path to a secret ends there. */
  #member(
    points: readonly PathTree[],
    name: string,
    value: unknown,
  ): string | undefined {
    const reached = PathTree.step(points, name);
    if (reached === "end") {
      return value === undefined ? undefined : this.#redacted();
    }
    this.#points = reached.length === 0 ? undefined : reached;
    try {
      return this.value(value);
    } finally {
      this.#points = points;
    }
  }

  /**
   * Writes a value.
   *
   * @returns The JSON, or `undefined` where JSON has nothing to write.
   */
  value(value: unknown): string | undefined {
    if (this.#left < 0) return `"${TRUNCATED}"`;
    switch (typeof value) {
      case "string":
        return this.#take(this.text(value));
      case "number":
        return this.#take(Number.isFinite(value) ? `${value}` : `"${value}"`);
      case "boolean":
        return this.#take(value ? "true" : "false");
      case "undefined":
        // In a list it is `null`, and elsewhere it takes time, if no room.
        this.#left -= 4;
        return undefined;
      case "object":
        return value === null ? this.#take("null") : this.#object(value);
      default:
        return this.#take(this.text(textOf(value)));
    }
  }

  #redacted(): string {
    this.#left -= REDACTED.length;
    return `"${REDACTED}"`;
  }

  /** Counts what was written, and leaves it out if that is too much. */
  #take(json: string): string {
    this.#left -= json.length;
    return this.#left < 0 ? `"${TRUNCATED}"` : json;
  }

  #object(value: object): string | undefined {
    const ancestors = this.#ancestors;
    // Brackets and commas count as well: there may be nothing between them.
    this.#left -= 3;
    if (ancestors.includes(value)) return this.#take(`"${CIRCULAR}"`);
    if (ancestors.length >= MAX_DEPTH) return this.#take(`"${TOO_DEEP}"`);
    const depth = ancestors.push(value);
    try {
      return this.#members(value);
    } catch {
      return this.#take(`"${UNREADABLE}"`);
    } finally {
      ancestors.length = depth - 1;
    }
  }

  #members(value: object): string | undefined {
    if (Array.isArray(value)) return this.#list(value, value.length);
    if (!isPlain(value)) {
      if (isError(value)) return this.#error(value);
      const simple = toSimple(value);
      if (simple instanceof Set) return this.#list(simple, simple.size);
      if (simple instanceof Map) return this.#map(simple);
      if (simple !== value) return this.value(simple);
    }
    return this.#record(value, Object.keys(value), "");
  }

  #record(value: object, names: readonly string[], start: string): string {
    let out = start;
    for (let i = 0; i < names.length; i++) {
      if (i >= MAX_ENTRIES || this.#left < 0) {
        out += `,${this.rest(names.length - i)}`;
        break;
      }
      const name = names[i]!;
      const info = this.key(name);
      const json = this.field(info, name, readProperty(value, name));
      if (json !== undefined) out += "," + info.json + json;
    }
    return `{${out.slice(1)}}`;
  }

  #list(values: Iterable<unknown>, size: number): string {
    let out = "";
    let count = 0;
    for (const value of values) {
      if (count >= MAX_ENTRIES || this.#left < 0) {
        out += `,"[${size - count} more]"`;
        break;
      }
      const json = this.#points === undefined
        ? this.value(value)
        : this.#member(this.#points, `${count}`, value);
      count++;
      out += "," + (json ?? "null");
    }
    return `[${out.slice(1)}]`;
  }

  /** An object if all keys are texts, else a list of pairs. */
  #map(map: ReadonlyMap<unknown, unknown>): string {
    let out = "";
    let count = 0;
    for (const [key, value] of map) {
      if (typeof key !== "string") return this.#pairs(map);
      if (count >= MAX_ENTRIES || this.#left < 0) {
        out += `,${this.rest(map.size - count)}`;
        break;
      }
      count++;
      const info = this.key(key);
      const json = this.field(info, key, value);
      if (json !== undefined) out += "," + info.json + json;
    }
    return `{${out.slice(1)}}`;
  }

  #pairs(map: ReadonlyMap<unknown, unknown>): string {
    let out = "";
    let count = 0;
    for (const [key, value] of map) {
      if (count >= MAX_ENTRIES || this.#left < 0) {
        out += `,"[${map.size - count} more]"`;
        break;
      }
      count++;
      const json = typeof key === "string"
        ? this.field(this.key(key), key, value)
        : this.#points === undefined
        ? this.value(value)
        : this.#member(this.#points, String(key), value);
      out += `,[${this.value(key) ?? "null"},${json ?? "null"}]`;
    }
    return `[${out.slice(1)}]`;
  }

  /** The parts in a fixed order, then what else the error carries. */
  #error(error: object): string {
    let out = "";
    for (const name of ERROR_PARTS) {
      if (!(name in error)) continue;
      const json = this.field(this.key(name), name, readProperty(error, name));
      if (json !== undefined) out += `,"${name}":${json}`;
    }
    const others = Object.keys(error)
      .filter((name) => !ERROR_PARTS.includes(name));
    return this.#record(error, others, out);
  }
}

/** The text of a bigint, a symbol or a function. */
function textOf(value: unknown): string {
  if (typeof value !== "function") return String(value);
  const name = readProperty(value, "name");
  return typeof name === "string" ? `[function ${name}]` : "[function]";
}

/**
 * Tells whether there is a secret under a secret name: that there is none is
 * no secret, nor is a yes or no, nor how many tokens a model has used.
 */
function isWorthHiding(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (typeof value === "boolean") return false;
  return !(typeof value === "number" && /tokens$/i.test(name));
}
