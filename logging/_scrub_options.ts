// Copyright 2026 the HuleEdu authors. MIT license.

import { isProse } from "./_prose.ts";
import type { NameKind } from "./_secret_names.ts";
import {
  matchEnd,
  openingQuote,
  quotedEnd,
  redactedLike,
} from "./_text_values.ts";

/** An option of a command and the space before its value. */
const OPTION = /(?<![\w-])--([A-Za-z][\w-]{0,63})[ \t]{1,32}(?=[^\s<-])/g;

const BARE = /(?:[^\s"'\\]|['\\](?=\w))+/y;

/**
 * Redacts the values of secret options, as in `--password x`. Short ones, such as
 * `-p`, mean too many things.
 */
export function scrubOptions(
  text: string,
  kindOf: (name: string) => NameKind,
): string {
  let out = "";
  let done = 0;
  for (const match of text.matchAll(OPTION)) {
    const start = match.index + match[0].length;
    if (start < done || kindOf(match[1]!) !== "secret") continue;
    const end = openingQuote(text, start) !== ""
      ? quotedEnd(text, start)
      : matchEnd(BARE, text, start);
    if (end === start || isProse(text.slice(start, end))) continue;
    out += text.slice(done, start) + redactedLike(text, start);
    done = end;
  }
  return out + text.slice(done);
}
