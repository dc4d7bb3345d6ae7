// Copyright 2026 the HuleEdu authors. MIT license.

import { fillCard, make, shorten } from "./card.js";

const LONGEST_OPENING = 120;
/** The oldest are forgotten, so that the texts find room in the storage. */
const MOST_KEPT = 20;

/**
 * The essays of one user, a card each, the newest first. They are kept in the
 * storage of the tab, so that a reload finds them.
 */
export class Results {
  #user;
  #list;
  #onSend;
  #essays = new Map();

  /** `onSend(id, text)` is called where the user wants to send once more. */
  constructor(list, user, onSend) {
    this.#list = list;
    this.#user = user;
    this.#onSend = onSend;
    list.replaceChildren();
    for (const essay of this.#read()) {
      // What was in hand when the page was left may have passed it by.
      if (!essay.result) essay.isMissed = true;
      if (!essay.result && !essay.correlationId) {
        essay.problem ??= "the page was left before the desk had answered";
      }
      this.#show(essay);
    }
  }

  get isEmpty() {
    return this.#essays.size === 0;
  }

  /** A text is on its way. */
  send(id, text) {
    const { isMissed } = this.#essays.get(id) ?? {};
    this.#change(id, {
      opening: opening(text),
      text,
      problem: undefined,
      isMissed,
    });
  }

  /** The desk has taken it. */
  accept(id, correlationId) {
    this.#change(id, { correlationId });
  }

  /** The desk has not taken it. */
  refuse(id, problem) {
    this.#change(id, { problem });
  }

  /** It was analysed, whichever page it came from. */
  analyse(result) {
    const id = result.essay_id;
    const known = this.#essays.get(id);
    const words = known?.opening ?? "Submitted on another page";
    this.#change(id, { opening: words, result, text: undefined });
  }

  /** Something may have passed the page by. */
  markGap() {
    for (const [id, { result }] of this.#essays) {
      if (!result) this.#change(id, { isMissed: true });
    }
  }

  #change(id, changes) {
    const essay = this.#essays.get(id) ?? { id };
    this.#show(Object.assign(essay, changes));
    this.#write();
  }

  #show(essay) {
    if (!this.#essays.has(essay.id)) {
      const element = make("li", "card");
      this.#list.prepend(element);
      // Belongs to the page, not to what is kept.
      Object.defineProperty(essay, "element", { value: element });
      this.#essays.set(essay.id, essay);
    }
    fillCard(essay.element, essay, () => this.#again(essay));
  }

  /** Under the same id it is the same event, and analysed once. */
  #again({ id, problem, text }) {
    if (problem) return this.#onSend(id, text);
    // One that was analysed is not told again, so it becomes a new one.
    this.#change(id, { text: undefined });
    this.#onSend(crypto.randomUUID(), text);
  }

  #read() {
    return JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
  }

  #write() {
    const kept = [...this.#essays.values()].slice(-MOST_KEPT);
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // The storage is full. All is still on the page; a reload finds less.
    }
  }

  get #key() {
    return `essays of ${this.#user}`;
  }
}

function opening(text) {
  const whole = text.trim();
  const words = whole.split(/\s+/, 12).join(" ");
  const shown = shorten(words, LONGEST_OPENING);
  return shown === words && words.length < whole.length ? `${words} …` : shown;
}
