// Copyright 2026 the HuleEdu authors. MIT license.

/** Words that stand after `password:` or `--token` where no secret does. */
const WORDS: ReadonlySet<string> = new Set(
  `a absent accepted again an and any are argument as at be because been boolean
  but by can cannot changed correct could denied did disabled do does empty
  enabled error exists expired expires explicitly failed failure false flag for
  found from given had has have here hidden if in incorrect instead invalid is it
  leaked long lost malformed may mismatch missing must needed needs never new no
  none not null number of ok old on once only option optional or parameter present
  provided received redacted rejected required requires reset revoked rotated
  sent set short should string stale supplied that the this to too true undefined
  unexpected unknown unset unsupported unused updated used valid value via was
  weak were when will with without wrong yes you your`.split(/\s+/),
);

/**
 * Tells whether a word, with the punctuation around it, is one that texts about
 * secrets are made of: `expired`, `is`, `(missing)`.
 */
export function isProse(word: string): boolean {
  // Longer ones are no such words, and to look at them would take time.
  if (word.length > 32) return false;
  return WORDS.has(word.replace(/^\W+|\W+$/g, "").toLowerCase());
}
