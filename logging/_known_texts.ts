// Copyright 2026 the HuleEdu authors. MIT license.

import { type KeyInfo, roleOf } from "./_key_info.ts";
import type { NameKind } from "./_secret_names.ts";
import { quoteText } from "./_text.ts";

/** How many names are remembered; a program has few, data may have many. */
const MAX_KEYS = 1_000;

/** How many messages are remembered. */
const MAX_MESSAGES = 500;

/** What is longer is not remembered. */
const MAX_LENGTH = 128;

/**
 * The names and messages that a program writes again and again, as JSON. Each is
 * in one piece: what `+` makes is put together for every line that it stands in.
 */
export class KnownTexts {
  readonly #kindOf: (name: string) => NameKind;
  readonly #keys = new Map<string, KeyInfo>();
  readonly #messages = new Map<string, string>();

  /** Knows none yet. */
  constructor(kindOf: (name: string) => NameKind) {
    this.#kindOf = kindOf;
  }

  /** Finds out about a name. */
  key(name: string): KeyInfo {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const info: KeyInfo = {
      head: [",", quoteText(name, this.#kindOf), ":"].join(""),
      role: roleOf(name, this.#kindOf(name)),
    };
    remember(this.#keys, MAX_KEYS, name, info);
    return info;
  }

  /** Writes a message. */
  message(text: string): string {
    const known = this.#messages.get(text);
    if (known !== undefined) return known;
    const json = [quoteText(text, this.#kindOf), ""].join("");
    remember(this.#messages, MAX_MESSAGES, text, json);
    return json;
  }
}

/** Begins anew when there are too many: those that come again come back. */
function remember<T>(
  known: Map<string, T>,
  most: number,
  text: string,
  value: T,
): void {
  if (text.length > MAX_LENGTH) return;
  if (known.size >= most) known.clear();
  known.set(text, value);
}
