// Copyright 2026 the HuleEdu authors. MIT license.

const $ = (id) => document.getElementById(id);
const [form, user, text, state] = ["form", "user", "text", "state"].map($);
const USER_ID = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** Makes an element. Whatever a user wrote goes in as text, never as markup. */
function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/* The line to the gateway. */

let line;

/** Connects as a user, and again whenever the connection breaks. */
class Line {
  #pauseMs = FIRST_PAUSE_MS;
  #ended = false;
  #isReady = false;
  #wasReady = false;
  #resolve;
  #socket;
  #timer;

  constructor(name) {
    this.name = name;
    this.#renew();
    this.#open();
  }

  #renew() {
    this.#isReady = false;
    this.ready = new Promise((resolve) => this.#resolve = resolve);
  }

  #open() {
    show("waiting", `Connecting as ${this.name} …`);
    const socket = new WebSocket(
      `${document.body.dataset.gateway}?user=${encodeURIComponent(this.name)}`,
    );
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => this.#again();
  }

  #hear({ event, data }) {
    if (this.#ended) return;
    if (event === "essay_analysed") showResult(data);
    if (event === "gap") markGap();
    if (event !== "ready") return;
    show("connected", `Connected as ${this.name}`);
    if (this.#wasReady) markGap();
    this.#isReady = this.#wasReady = true;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#resolve();
  }

  #again() {
    if (this.#ended) return;
    // Who waits already goes on waiting for the same promise.
    if (this.#isReady) this.#renew();
    show("waiting", "Connection lost. Connecting again …");
    this.#timer = setTimeout(() => this.#open(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#socket.close();
    this.#resolve();
  }
}

function show(kind, words) {
  state.dataset.state = kind;
  state.textContent = words;
}

/** Connects under the name in the form, or says what is wrong with it. */
function connect() {
  const name = user.value.trim().normalize("NFC");
  const isUser = USER_ID.test(name);
  complain(user, !isUser && "Please give a name of letters and digits only.");
  if (!isUser) return false;
  if (line?.name !== name) {
    line?.end();
    line = new Line(name);
    sessionStorage.setItem("user", name);
  }
  return true;
}

function complain(field, words) {
  field.setAttribute("aria-invalid", String(Boolean(words)));
  $("error").textContent = words || "";
}

/* Submissions and results: one card an essay. */

const cards = new Map();

function card(id, words) {
  const known = cards.get(id);
  if (known) return known;
  $("empty").hidden = true;
  const status = make("p", "status");
  const found = make("div");
  const title = make("p", "opening", words);
  const element = make("li", "card pending", title, status, found);
  $("results").prepend(element);
  const made = { element, status, found };
  cards.set(id, made);
  return made;
}

async function submit(id, name, body) {
  const { element, status, found } = card(id, opening(body));
  element.classList.add("pending");
  delete status.dataset.kind;
  status.textContent = "On its way …";
  found.replaceChildren();
  try {
    await line.ready;
    const response = await fetch("essays", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      // Sent again under the same id it is the same event, and analysed once.
      body: JSON.stringify({ user_id: name, event_id: id, text: body }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    // The result may have been faster than the answer.
    if (!element.classList.contains("pending")) return;
    status.textContent = "Submitted, waiting for the analysis …";
    found.replaceChildren(correlation(answer.correlation_id));
  } catch (error) {
    element.classList.remove("pending");
    status.dataset.kind = "problem";
    status.textContent = `Not submitted: ${error.message}`;
    const again = make("button", "quiet", "Send again");
    again.onclick = () => submit(id, name, body);
    found.replaceChildren(again);
  }
}

function showResult({ essay_id, statistics, correlation_id }) {
  const known = card(essay_id, "Submitted on another page");
  const { element, status, found } = known;
  const { words, sentences, long_words, lix, lix_level, frequent_words } =
    statistics;
  element.classList.remove("pending");
  delete status.dataset.kind;
  status.textContent = "";
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
    make("li", "", `${word} × ${count}`)
  );
  found.replaceChildren(
    make("dl", "", ...facts),
    make("div", "scale", scale(lix), make("p", "", level)),
    make("ul", "words", ...frequent),
    correlation(correlation_id),
  );
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

/** Redis keeps nothing for those who are away. */
function markGap() {
  for (const { element, status } of cards.values()) {
    if (!element.classList.contains("pending")) continue;
    status.dataset.kind = "problem";
    status.textContent =
      "The connection was lost meanwhile. If no result appears, submit the text anew.";
  }
}

function opening(body) {
  const words = body.trim().split(/\s+/).slice(0, 12).join(" ");
  return words.length < body.trim().length ? `${words} …` : words;
}

/* The form. */

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!connect()) return user.focus();
  const isText = isWord(text.value);
  complain(text, !isText && "Please write a text first.");
  if (!isText) return text.focus();
  submit(crypto.randomUUID(), line.name, text.value);
  text.value = "";
  countWords();
});
user.addEventListener("change", () => user.value.trim() && connect());
text.addEventListener("input", countWords);

function isWord(words) {
  return /[\p{L}\p{N}]/u.test(words);
}

function countWords() {
  const count = text.value.split(/\s+/).filter(isWord).length;
  $("count").textContent = count === 1 ? "1 word" : `${count} words`;
}

user.value = new URLSearchParams(location.search).get("user") ??
  sessionStorage.getItem("user") ?? "";
if (user.value) connect();
