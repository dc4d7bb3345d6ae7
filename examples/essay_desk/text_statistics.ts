// Copyright 2026 the HuleEdu authors. MIT license.

/** What can be counted in a text. The names are those of the event on the wire. */
export interface TextStatistics {
  /** How many words. */
  readonly words: number;
  /** How many sentences, at least one. */
  readonly sentences: number;
  /** How many words of more than six letters. */
  readonly long_words: number;
  /** The readability index LIX, to one decimal. */
  readonly lix: number;
  /** What the index means. */
  readonly lix_level: LixLevel;
  /** The words of five letters and more that come most often, at most five. */
  readonly frequent_words: readonly FrequentWord[];
}

/** How hard a text is to read. */
export type LixLevel =
  | "very easy"
  | "easy"
  | "medium"
  | "difficult"
  | "very difficult";

/** A word and how often it comes. */
export interface FrequentWord {
  /** The word in lower case. */
  readonly word: string;
  /** How often it comes. */
  readonly count: number;
}

/** Letters and digits, also around an apostrophe or a hyphen: "it's", "so-called". */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;
/** The lookbehind keeps a long run of dots from being tried from each of them. */
const SENTENCE_END = /(?<![.!?…])[.!?…]+["'”’»)\]]*(?:\s+|$)|\n\s*\n/u;
const LONG_WORD = 7;
const FREQUENT_WORD = 5;
const MAX_FREQUENT_WORDS = 5;

/**
 * Counts words and sentences, and tells how hard a text is to read.
 *
 * A sentence ends at `.`, `!`, `?` or `…` before white space, and at an empty
 * line; an abbreviation counts as an end too. The index is LIX = words /
 * sentences + 100 · long words / words, where a long word has more than six
 * letters.
 *
 * Source: C. H. Björnsson, "Läsbarhet", Liber, Stockholm 1968; in English,
 * "Readability of Newspapers in 11 Languages", Reading Research Quarterly 18
 * (1983), 480-497.
 *
 * @param text The text, in any language that puts spaces between words.
 * @returns The statistics.
 * @throws {RangeError} If the text holds no word.
 */
export function textStatistics(text: string): TextStatistics {
  const composed = text.normalize("NFC");
  const words = composed.match(WORD) ?? [];
  if (words.length === 0) throw new RangeError("Text holds no word");
  const sentences = composed.split(SENTENCE_END).filter(hasWord).length;
  const longWords = words.filter((word) => letters(word) >= LONG_WORD).length;
  const lix = words.length / sentences + 100 * longWords / words.length;
  return {
    words: words.length,
    sentences,
    long_words: longWords,
    lix: Math.round(lix * 10) / 10,
    lix_level: levelOf(lix),
    frequent_words: frequentWords(words),
  };
}

/**
 * Whether a text holds a word at all.
 *
 * @param text The text.
 * @returns Whether there is a letter or a digit in it.
 */
export function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** The usual steps of the index, ten points each. */
function levelOf(lix: number): LixLevel {
  if (lix < 30) return "very easy";
  if (lix < 40) return "easy";
  if (lix < 50) return "medium";
  return lix < 60 ? "difficult" : "very difficult";
}

/** Short words are the same in every text, so they are left out. */
function frequentWords(words: readonly string[]): FrequentWord[] {
  const counts = new Map<string, number>();
  for (const word of words) {
    if (letters(word) < FREQUENT_WORD) continue;
    const lower = word.toLowerCase();
    counts.set(lower, (counts.get(lower) ?? 0) + 1);
  }
  // Sorting is stable: of words that come equally often the earlier is first.
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_FREQUENT_WORDS)
    .map(([word, count]) => ({ word, count }));
}

function letters(word: string): number {
  return word.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
