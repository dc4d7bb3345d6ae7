// Copyright 2026 the HuleEdu authors. MIT license.

import {
  CIRCULAR,
  MAX_DEPTH,
  MAX_ENTRIES,
  MAX_FIELDS,
  MAX_TEXT,
  REDACTED,
  TOO_DEEP,
  TRUNCATED,
  UNREADABLE,
} from "./_marks.ts";
import { withoutMessage } from "./_error_data.ts";
import {
  isSecretName,
  isSecretOption,
  isWorthHiding,
  type KeyInfo,
  namesSecret,
  pairName,
} from "./_key_info.ts";
import { KnownTexts } from "./_known_texts.ts";
import { PathTree } from "./_path_tree.ts";
import { type NameKind, nameKindBy } from "./_secret_names.ts";
import {
  isError,
  isPlain,
  readProperty,
  textOf,
  toSimple,
} from "./_simple_value.ts";
import { quoteText } from "./_text.ts";

/** How often reading a value may log values that log when they are read. */
const MAX_NESTING = 3;

/** A date, which may be shown under a name that describes a secret. */
const DATE =
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.,]{2,20}(?:Z|[+-][\d:]{2,6})?)?$/;

/** A secret as it stands in a line. */
const HIDDEN = `"${REDACTED}"`;

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
  readonly #known: KnownTexts;
  /** Where in the paths to secrets the fields of a line begin. */
  readonly #roots: readonly PathTree[] | undefined;
  #points: readonly PathTree[] | undefined;
  #left = MAX_FIELDS;
  #ancestors: object[] = [];
  /** Whether texts are redacted, under a name that describes a secret. */
  #hidesTexts = false;
  /** The list that has names and values in turn, if it is begun next. */
  #headers: unknown;
  #nesting = 0;

  /** Creates a serializer that redacts what stands under given names and paths. */
  constructor(
    isSecretKey: (key: string) => boolean,
    paths: readonly (readonly string[])[] = [],
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
    this.#known = new KnownTexts(this.#kindOf);
  }

  /** Whether the allowance of characters is used up. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Writes a text. */
  text(text: string): string {
    return quoteText(text, this.#kindOf);
  }

  /** Writes a message, of which a program has few. */
  message(text: string): string {
    return this.#known.message(text);
  }

  /** Finds out about a name. */
  key(name: string): KeyInfo {
    return this.#known.key(name);
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
    const hidesTexts = this.#hidesTexts;
    this.#nesting++;
    this.#left = MAX_FIELDS;
    this.#ancestors = [];
    this.#points = this.#roots;
    this.#hidesTexts = false;
    try {
      return write();
    } finally {
      this.#nesting--;
      this.#left = left;
      this.#ancestors = ancestors;
      this.#points = points;
      this.#hidesTexts = hidesTexts;
    }
  }

  /** Tells whether what stands under a path in a line is redacted. */
  hides(path: readonly string[]): boolean {
    let points = this.#roots ?? [];
    for (const name of path) {
      const reached = PathTree.step(points, name);
      if (reached === "end" || this.key(name).role === "secret") return true;
      points = reached;
    }
    return false;
  }

  /**
   * Writes the value of a field.
   *
   * @param info What is known of its name.
   * @param name Its name.
   * @param value Its value.
   * @param owner The object that it is a field of, if it is of one.
   * @returns The JSON, or `undefined` where JSON has nothing to write.
   */
  field(
    info: KeyInfo,
    name: string,
    value: unknown,
    owner?: object,
  ): string | undefined {
    const json = info.role !== "plain"
      ? this.#special(info, name, value, owner)
      : this.#points === undefined
      ? this.value(value)
      : this.#member(this.#points, name, value);
    if (json !== undefined) this.#left -= info.head.length;
    return json;
  }

  /** Writes what stands under a name that means something for it. */
  #special(
    { role }: KeyInfo,
    name: string,
    value: unknown,
    owner: object | undefined,
  ): string | undefined {
    const isSecret = role === "secret" ||
      (role === "value" && owner !== undefined &&
        namesSecret((field) => readProperty(owner, field), this.#kindOf));
    if (isSecret && isWorthHiding(name, value)) return this.#redacted();
    if (role === "headers") this.#headers = value;
    const before = this.#hidesTexts;
    this.#hidesTexts ||= role === "description";
    try {
      return this.#points === undefined
        ? this.value(value)
        : this.#member(this.#points, name, value);
    } finally {
      this.#headers = undefined;
      this.#hidesTexts = before;
    }
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
        return this.#hidesTexts && value !== "" && !DATE.test(value)
          ? this.#redacted()
          : this.#takeText(value);
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
        return this.#hidesTexts && typeof value !== "bigint"
          ? this.#redacted()
          : this.#take(this.text(textOf(value)));
    }
  }

  #redacted(): string {
    this.#left -= REDACTED.length;
    return HIDDEN;
  }

  /** Writes a text. What was read counts, also where redaction leaves little. */
  #takeText(text: string): string {
    const json = this.text(text);
    this.#left -= Math.max(0, Math.min(text.length, MAX_TEXT) - json.length);
    return this.#take(json);
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
      const json = this.field(info, name, readProperty(value, name), value);
      if (json !== undefined) out += info.head + json;
    }
    return `{${out.slice(1)}}`;
  }

  #list(values: Iterable<unknown>, size: number): string {
    const isHeaders = values === this.#headers;
    this.#headers = undefined;
    let out = "";
    let count = 0;
    let before: unknown;
    for (const value of values) {
      if (count >= MAX_ENTRIES || this.#left < 0) {
        out += `,"[${size - count} more]"`;
        break;
      }
      const isSecret = isHeaders
        ? count % 2 === 1 && isSecretName(before, this.#kindOf)
        : isSecretOption(before, this.#kindOf);
      const json = isSecret && isWorthHiding("", value)
        ? this.#redacted()
        : this.#secretPair(value) ?? (this.#points === undefined
          ? this.value(value)
          : this.#member(this.#points, `${count}`, value));
      before = value;
      count++;
      out += "," + (json ?? "null");
    }
    return `[${out.slice(1)}]`;
  }

  /** Writes a list of the name of a secret and its value, as in `entries()`. */
  #secretPair(value: unknown): string | undefined {
    if (typeof value !== "object") return undefined;
    const name = pairName(value);
    if (!isSecretName(name, this.#kindOf)) return undefined;
    const secret = readProperty(value as object, "1");
    if (!isWorthHiding(name, secret)) return undefined;
    return `[${this.#take(this.text(name))},${this.#redacted()}]`;
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
      if (json !== undefined) out += info.head + json;
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
    let isHidden = false;
    for (const name of ERROR_PARTS) {
      if (!(name in error)) continue;
      let value = readProperty(error, name);
      if (isHidden && name === "stack") {
        value = withoutMessage(value, readProperty(error, "message"));
      }
      const json = this.field(this.key(name), name, value, error);
      if (name === "message") isHidden = json === HIDDEN;
      if (json !== undefined) out += `,"${name}":${json}`;
    }
    const others = Object.keys(error)
      .filter((name) => !ERROR_PARTS.includes(name));
    return this.#record(error, others, out);
  }
}
