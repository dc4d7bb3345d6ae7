// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields } from "../protocols.ts";
import { freeName } from "./_free_name.ts";
import { MAX_ENTRIES, TRUNCATED, UNREADABLE } from "./_marks.ts";
import type { Serializer } from "./_serializer.ts";
import { readProperty } from "./_simple_value.ts";

/** Names that the line itself uses; a field of the same name is renamed. */
const RESERVED: ReadonlySet<string> = new Set([
  "timestamp",
  "level",
  "service",
  "module",
  "message",
]);

/** Some fields of a line, written once and used by many lines. */
export class Fragment {
  /** The fields as they stand in a line, each with a comma before it. */
  readonly json: string;
  readonly #names: readonly string[];
  readonly #parts: readonly string[];

  /** Creates a fragment of names and, in the same order, `,"name":value`. */
  constructor(names: readonly string[], parts: readonly string[]) {
    this.#names = names;
    this.#parts = parts;
    this.json = parts.join("");
  }

  /** The names. A list, since there are few: to look through it costs less. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Tells whether there is a field of this name. */
  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The field of this name, as `"name":value`. */
  part(name: string): string | undefined {
    const index = this.#names.indexOf(name);
    return this.#parts[index]?.slice(1);
  }

  /** These fields and others; of one name the other counts, in the same place. */
  with(others: Fragment): Fragment {
    if (this.#names.length === 0) return others;
    const names = [...this.#names];
    const parts = [...this.#parts];
    for (let i = 0; i < others.#names.length; i++) {
      const index = names.indexOf(others.#names[i]!);
      if (index < 0) names.push(others.#names[i]!);
      parts[index < 0 ? names.length - 1 : index] = others.#parts[i]!;
    }
    return new Fragment(names, parts);
  }

  /** The fields other than those of the given names. */
  without(names: (name: string) => boolean): string {
    return this.#parts.filter((_, index) => !names(this.#names[index]!))
      .join("");
  }
}

/** No fields. */
export const EMPTY: Fragment = new Fragment([], []);

/** What a line has in the place of fields that cannot be read at all. */
const UNREADABLE_FIELDS = `,"fields":"${UNREADABLE}"`;

/**
 * Writes fields once.
 *
 * @param serializer Writes the values.
 * @param fields The fields; reading their names must not throw.
 * @param nameOf What a field is called in the line.
 * @returns The fragment.
 */
export function createFragment(
  serializer: Serializer,
  fields: LogFields,
  nameOf: (name: string) => string = asItIs,
): Fragment {
  const names: string[] = [];
  const parts: string[] = [];
  serializer.run(() => {
    const all = Object.keys(fields);
    for (let i = 0; i < all.length; i++) {
      if (i >= MAX_ENTRIES || serializer.isSpent) {
        parts[names.push(TRUNCATED) - 1] = `,${
          serializer.rest(all.length - i)
        }`;
        break;
      }
      const each = all[i]!;
      const name = nameOf(each);
      const info = serializer.key(name);
      const json = serializer.field(
        info,
        name,
        readProperty(fields, each),
        fields,
      );
      if (json === undefined) continue;
      const free = freeName(RESERVED, name, fields);
      const part = (free === name ? info : serializer.key(free)).head + json;
      // Two fields may be called the same in a line: the later one counts.
      const index = names.indexOf(free);
      if (index >= 0) parts[index] = part;
      else parts[names.push(free) - 1] = part;
    }
  });
  return names.length === 0 ? EMPTY : new Fragment(names, parts);
}

function asItIs(name: string): string {
  return name;
}

/**
 * Writes all fields of a line: those of the context, of the logger and of the
 * call. Of a name that occurs more than once the last one counts.
 *
 * @param serializer Writes the values.
 * @param context The fields of the context.
 * @param bound The fields of the logger.
 * @param fields The fields of the call.
 * @param overridden Gets the names that the call takes from the others.
 * @returns The fields, each with a comma before it.
 */
export function composeFields(
  serializer: Serializer,
  context: Fragment,
  bound: Fragment,
  fields: LogFields | undefined,
  overridden: string[] = [],
): string {
  let own: string | undefined = "";
  if (fields !== undefined) {
    try {
      own = serializer.run(() =>
        writeOwn(serializer, fields, context, bound, overridden)
      );
    } catch {
      own = undefined;
    }
  }
  return before(context, bound, overridden) + (own ?? UNREADABLE_FIELDS);
}

function writeOwn(
  serializer: Serializer,
  fields: LogFields,
  context: Fragment,
  bound: Fragment,
  overridden: string[],
): string {
  let json = "";
  const names = Object.keys(fields);
  for (let i = 0; i < names.length; i++) {
    if (i >= MAX_ENTRIES || serializer.isSpent) {
      return `${json},${serializer.rest(names.length - i)}`;
    }
    const name = names[i]!;
    const info = serializer.key(name);
    const value = serializer.field(
      info,
      name,
      readProperty(fields, name),
      fields,
    );
    if (value === undefined) continue;
    const free = freeName(RESERVED, name, fields);
    json += (free === name ? info : serializer.key(free)).head + value;
    if (context.has(free) || bound.has(free)) overridden.push(free);
  }
  return json;
}

function before(
  context: Fragment,
  bound: Fragment,
  overridden: readonly string[],
): string {
  const isOverridden = (name: string) => overridden.includes(name);
  if (context === EMPTY || bound === EMPTY || areDisjoint(context, bound)) {
    return overridden.length === 0
      ? context.json + bound.json
      : context.without(isOverridden) + bound.without(isOverridden);
  }
  return context.without((name) => bound.has(name) || isOverridden(name)) +
    (overridden.length === 0 ? bound.json : bound.without(isOverridden));
}

function areDisjoint(context: Fragment, bound: Fragment): boolean {
  const { names } = context;
  for (let i = 0; i < names.length; i++) {
    if (bound.has(names[i]!)) return false;
  }
  return true;
}
