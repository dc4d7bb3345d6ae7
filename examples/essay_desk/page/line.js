// Copyright 2026 the HuleEdu authors. MIT license.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** The line of a user to the gateway. It connects again whenever it breaks. */
export class Line {
  #url;
  #listener;
  #pauseMs = FIRST_PAUSE_MS;
  #ended = false;
  #isReady = false;
  #wasReady = false;
  #resolve;
  #socket;
  #timer;

  /** The listener has `onState(kind, words)`, `onAnalysed(data)` and `onGap()`. */
  constructor(gateway, name, listener) {
    this.name = name;
    this.#url = `${gateway}?user=${encodeURIComponent(name)}`;
    this.#listener = listener;
    this.#renew();
    this.#open();
  }

  #renew() {
    this.#isReady = false;
    this.ready = new Promise((resolve) => this.#resolve = resolve);
  }

  #open() {
    this.#listener.onState("waiting", `Connecting as ${this.name} …`);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => this.#again();
  }

  #hear({ event, data }) {
    if (this.#ended) return;
    if (event === "essay_analysed") this.#listener.onAnalysed(data);
    if (event === "gap") this.#listener.onGap();
    if (event !== "ready") return;
    this.#listener.onState("connected", `Connected as ${this.name}`);
    if (this.#wasReady) this.#listener.onGap();
    this.#isReady = this.#wasReady = true;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#resolve();
  }

  #again() {
    if (this.#ended) return;
    // Who waits already goes on waiting for the same promise.
    if (this.#isReady) this.#renew();
    this.#listener.onState("waiting", "Connection lost. Connecting again …");
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
