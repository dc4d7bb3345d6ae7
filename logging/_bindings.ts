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
  #fragment: Fragment;

  /** Creates bindings; the fragment is what the serializer wrote of the fields. */
  constructor(
    fields?: LogFields,
    serializer?: Serializer,
    fragment: Fragment = EMPTY,
  ) {
    this.#fields = fields;
    this.#serializer = serializer;
    this.#fragment = fragment;
  }

  /** Adds fields. They are read and written here and now, to their last value. */
  extend(fields: unknown, serializer: Serializer): Bindings {
    const added = copyOf(fields);
    // Without a prototype, so that a field may be called `__proto__`.
    const all = Object.assign(Object.create(null), this.#fields, added);
    const before = this.fragment(serializer);
    const fragment = before.with(createFragment(serializer, added));
    return new Bindings(all, serializer, fragment);
  }

  /** The fields as they stand in a line; written anew for another serializer. */
  fragment(serializer: Serializer): Fragment {
    if (this.#fields === undefined) return EMPTY;
    if (this.#serializer !== serializer) {
      this.#fragment = createFragment(serializer, this.#fields);
      this.#serializer = serializer;
    }
    return this.#fragment;
  }
}

/** Reads the fields of a value, so that their names can be read again. */
function copyOf(value: unknown): LogFields {
  const copy: Record<string, unknown> = Object.create(null);
  try {
    const fields = toFields(value) ?? {};
    for (const name of Object.keys(fields)) {
      const field = readProperty(fields, name);
      if (field !== undefined) copy[name] = field;
    }
  } catch {
    copy["fields"] = UNREADABLE;
  }
  return copy;
}
