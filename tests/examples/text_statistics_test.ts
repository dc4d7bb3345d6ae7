// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { textStatistics } from "../../examples/essay_desk/text_statistics.ts";

Deno.test("textStatistics() counts words, sentences, long words and LIX", () => {
  // 9 words, 2 sentences, 3 of more than six letters: 9/2 + 100*3/9 = 37.83…
  const text =
    "The keeper remembered every lighthouse. Nobody ever visited him!";
  assertEquals(textStatistics(text), {
    words: 9,
    sentences: 2,
    long_words: 3,
    lix: 37.8,
    lix_level: "easy",
    frequent_words: [
      { word: "keeper", count: 1 },
      { word: "remembered", count: 1 },
      { word: "every", count: 1 },
      { word: "lighthouse", count: 1 },
      { word: "nobody", count: 1 },
    ],
  });
});

Deno.test("textStatistics() counts Swedish letters, however they are composed", () => {
  // 7 words, 1 sentence, 2 long: 7 + 200/7 = 35.57…
  const text = "Väntrummet är fullt, och åtta människor väntar.";
  const found = textStatistics(text);
  assertEquals(
    [found.words, found.sentences, found.long_words, found.lix],
    [7, 1, 2, 35.6],
  );
  assertEquals(textStatistics(text.normalize("NFD")), found);
});

Deno.test("textStatistics() takes seven letters as long and six as short", () => {
  assertEquals(textStatistics("window windows").long_words, 1);
  // Apostrophe and hyphen are no letters.
  assertEquals(textStatistics("they've we'll-do").long_words, 0);
});

Deno.test("textStatistics() ends sentences at marks, quotes and empty lines", () => {
  const sentences = (text: string) => textStatistics(text).sentences;
  assertEquals(sentences("One. Two? Three! Four… five"), 5);
  assertEquals(sentences('"Really?!" she asked. (No.) Yes'), 4);
  assertEquals(
    sentences("A title\n\nAnd a text of 3.5 lines\nwithout a stop"),
    2,
  );
  assertEquals(sentences("... Well ..."), 1);
});

Deno.test("textStatistics() lists frequent words in lower case, the earlier first", () => {
  const text =
    "There was a Storm. The storm was there; storms follow summer, as ever.";
  assertEquals(textStatistics(text).frequent_words, [
    { word: "there", count: 2 },
    { word: "storm", count: 2 },
    { word: "storms", count: 1 },
    { word: "follow", count: 1 },
    { word: "summer", count: 1 },
  ]);
});

Deno.test("textStatistics() names the level by tens", () => {
  // One sentence of n words, all of them long: n + 100.
  assertEquals(textStatistics("Extraordinary").lix_level, "very difficult");
  const plain = (words: number) =>
    textStatistics("word ".repeat(words)).lix_level;
  assertEquals(plain(29), "very easy");
  assertEquals(plain(30), "easy");
  assertEquals(plain(40), "medium");
  assertEquals(plain(50), "difficult");
  assertEquals(plain(60), "very difficult");
});

Deno.test("textStatistics() refuses a text without a word", () => {
  assertThrows(() => textStatistics(" … ?! "), RangeError, "no word");
});
