// Copyright 2026 the HuleEdu authors. MIT license.

const LONGEST_WORD = 40;

/** Makes an element. Whatever a user wrote goes in as text, never as markup. */
export function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Cuts a text that is longer than so many characters, and shows that. */
export function shorten(text, most) {
  // A character may be two units; more than twice as many are never shown.
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length > most
    ? `${characters.slice(0, most).join("")}…`
    : text;
}

/** Fills the card of an essay with what is known of it. */
export function fillCard(element, essay, onSend) {
  const { result, problem, isMissed } = essay;
  const isPending = !result && !problem && !isMissed;
  element.className = isPending ? "card pending" : "card";
  element.replaceChildren(
    make("p", "opening", essay.opening),
    ...result ? resultOf(result) : [statusOf(essay), ...restOf(essay, onSend)],
  );
}

function statusOf({ problem, isMissed, correlationId }) {
  const status = make("p", "status", "On its way …");
  if (correlationId) {
    status.textContent = "Submitted, waiting for the analysis …";
  }
  // Redis keeps nothing for those who are away.
  if (isMissed) {
    status.textContent =
      "The connection was lost meanwhile. If no result appears, submit the text anew.";
  }
  if (problem) status.textContent = `Not submitted: ${problem}`;
  if (problem || isMissed) status.dataset.kind = "problem";
  return status;
}

function restOf({ text, problem, isMissed, correlationId }, onSend) {
  const rest = [];
  if (text && (problem || isMissed && correlationId)) {
    const words = problem ? "Send again" : "Submit anew";
    const again = make("button", "quiet", words);
    again.onclick = onSend;
    rest.push(again);
  }
  if (correlationId) rest.push(correlation(correlationId));
  return rest;
}

function resultOf({ statistics, correlation_id }) {
  const { words, sentences, long_words, lix, lix_level, frequent_words } =
    statistics;
  const facts = Object.entries({
    words,
    sentences,
    "long words": long_words,
    LIX: lix.toFixed(1),
  }).map(([name, value]) =>
    make("div", "", make("dt", "", name), make("dd", "", String(value)))
  );
  const level =
    `Readability: ${lix_level} (LIX counts long sentences and long words)`;
  const frequent = frequent_words.map(({ word, count }) =>
    make("li", "", `${shorten(word, LONGEST_WORD)} × ${count}`)
  );
  return [
    make("dl", "", ...facts),
    make("div", "scale", scale(lix), make("p", "", level)),
    make("ul", "words", ...frequent),
    correlation(correlation_id),
  ];
}

/** The five steps of the index, 20 to 70, and where this text is on them. */
function scale(lix) {
  const at = Math.min(Math.max((lix - 20) * 10, 6), 494);
  const svg = draw("svg", { viewBox: "0 0 500 18", "aria-hidden": "true" });
  for (let left = 0; left < 500; left += 100) {
    const here = left <= at && at < left + 100 ? "here" : "";
    const shape = { x: left + 1, y: 6, width: 98, height: 6, rx: 3 };
    svg.append(draw("rect", { ...shape, class: here }));
  }
  svg.append(draw("circle", { cx: at, cy: 9, r: 6 }));
  return svg;
}

function draw(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  return element;
}

function correlation(id) {
  const code = make("code", "", id);
  return make("p", "id", "Correlation id ", code, ": find it in the logs");
}
