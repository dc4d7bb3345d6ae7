// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";
import type { NameKind } from "./_secret_names.ts";

/** A tag of XML; no `<` stands in it, so that each is looked at once. */
const TAG = /<(\/?)([A-Za-z][\w.:-]{0,63})(?:\s[^<>]*)?>/g;

/** That there is no secret is none. */
const NOTHING = /^\s{0,32}(?:true|false|null|none|nil)?\s{0,32}$/i;

/**
 * Redacts what stands in secret elements of XML, as in `<password>x</password>`.
 * One that nothing closes is no element: `usage: login <user> <password>`.
 */
export function scrubElements(
  text: string,
  kindOf: (name: string) => NameKind,
): string {
  let out = "";
  let done = 0;
  const open = new Map<string, number>();
  for (const match of text.matchAll(TAG)) {
    const [tag, slash, name = ""] = match;
    if (slash === "") {
      const isNew = !tag.endsWith("/>") && !open.has(name);
      if (isNew && kindOf(name) === "secret") {
        open.set(name, match.index + tag.length);
      }
      continue;
    }
    const start = open.get(name);
    if (start === undefined) continue;
    open.clear();
    if (NOTHING.test(text.slice(start, Math.min(match.index, start + 99)))) {
      continue;
    }
    out += text.slice(done, start) + REDACTED;
    done = match.index;
  }
  return out + text.slice(done);
}
