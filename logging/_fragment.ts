// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields } from "../protocols.ts";
import { UNREADABLE } from "./_marks.ts";
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
export interface Fragment {
  /** The fields as they stand in a line, each with a comma before it. */
  readonly json: string;
  /** The fields one by one: by name, the whole `"name":value`. */
  readonly parts: ReadonlyMap<string, string>;
}

/** No fields. */
export const EMPTY: Fragment = { json: "", parts: new Map() };

/** What a line has in the place of fields that cannot be read at all. */
const UNREADABLE_FIELDS = `,"fields":"${UNREADABLE}"`;

/**
 * Writes fields once.
 *
 * @param serializer Writes the values.
 * @param fields The fields; reading their names must not throw.
 * @returns The fragment.
 */
export function createFragment(
  serializer: Serializer,
  fields: LogFields,
): Fragment {
  const parts = new Map<string, string>();
  serializer.run(() => {
    for (const name of Object.keys(fields)) {
      const info = serializer.key(name);
      const json = serializer.field(info, name, readProperty(fields, name));
      if (json === undefined) continue;
      const free = freeName(name, fields);
      parts.set(free, serializer.key(free).json + json);
    }
  });
  return parts.size === 0 ? EMPTY : { json: joined(parts.values()), parts };
}

/**
 * Writes all fields of a line: those of the context, of the logger and of the
 * call. Of a name that occurs more than once the last one counts.
 *
 * @param serializer Writes the values.
 * @param context The fields of the context.
 * @param bound The fields of the logger.
 * @param fields The fields of the call.
 * @returns The fields, each with a comma before it.
 */
export function composeFields(
  serializer: Serializer,
  context: Fragment,
  bound: Fragment,
  fields: LogFields | undefined,
): string {
  const overridden: string[] = [];
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
  for (const name of Object.keys(fields)) {
    const info = serializer.key(name);
    const value = serializer.field(info, name, readProperty(fields, name));
    if (value === undefined) continue;
    const free = freeName(name, fields);
    json += "," + (free === name ? info : serializer.key(free)).json + value;
    if (context.parts.has(free) || bound.parts.has(free)) overridden.push(free);
  }
  return json;
}

function before(
  context: Fragment,
  bound: Fragment,
  overridden: readonly string[],
): string {
  if (overridden.length === 0 && areDisjoint(context.parts, bound.parts)) {
    return context.json + bound.json;
  }
  const parts = new Map([...context.parts, ...bound.parts]);
  for (const name of overridden) parts.delete(name);
  return joined(parts.values());
}

function areDisjoint(
  a: ReadonlyMap<string, unknown>,
  b: ReadonlyMap<string, unknown>,
): boolean {
  if (a.size === 0 || b.size === 0) return true;
  for (const name of a.keys()) {
    if (b.has(name)) return false;
  }
  return true;
}

/** A name that is not the line's: `message` becomes `fields.message`. */
function freeName(name: string, fields: LogFields): string {
  if (!RESERVED.has(name)) return name;
  let free = `fields.${name}`;
  while (Object.hasOwn(fields, free)) free = `fields.${free}`;
  return free;
}

function joined(parts: Iterable<string>): string {
  let json = "";
  for (const part of parts) json += "," + part;
  return json;
}
