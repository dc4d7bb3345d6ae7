// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields } from "../protocols.ts";
import { createFragment, EMPTY, type Fragment } from "./_fragment.ts";
import { toFields } from "./_fields.ts";
import { UNREADABLE } from "./_marks.ts";
import type { Serializer } from "./_serializer.ts";
import { readProperty } from "./_simple_value.ts";

/** The fields that a logger adds to each of its lines. */
export class Bindings {
  readonly #fields: LogFields | undefined;
  #serializer: Serializer | undefined;
  #fragment = EMPTY;

  /** Creates bindings of fields that will not change. */
  constructor(fields?: LogFields) {
    this.#fields = fields;
  }

  /** Adds fields. They are read here and now, and only once. */
  extend(fields: unknown): Bindings {
    // Without a prototype, so that a field may be called `__proto__`.
    const all: Record<string, unknown> = Object.create(null);
    Object.assign(all, this.#fields);
    try {
      const added = toFields(fields) ?? {};
      for (const name of Object.keys(added)) {
        const value = readProperty(added, name);
        if (value !== undefined) all[name] = value;
      }
    } catch {
      all["fields"] = UNREADABLE;
    }
    return new Bindings(all);
  }

  /** The fields as they stand in a line, written at the first line. */
  fragment(serializer: Serializer): Fragment {
    if (this.#fields === undefined) return EMPTY;
    if (this.#serializer !== serializer) {
      this.#fragment = createFragment(serializer, this.#fields);
      this.#serializer = serializer;
    }
    return this.#fragment;
  }
}
