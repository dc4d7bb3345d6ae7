// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import type { MessageListener } from "./_connection.ts";

/** Who hears of what a server sends. */
export interface RespListener {
  /** Takes messages; without it they are replies like any other. */
  readonly onMessage: MessageListener | null;
  /** Takes a reply: text, a number, `null`, an error, or a list of these. */
  onReply(reply: unknown): void;
  /** Makes an error of a refusal, which may be one of a list. */
  createError(answer: string): Error;
}

/** A list whose items are still to come. */
interface OpenList {
  readonly items: unknown[];
  readonly length: number;
}

const [CR, PLUS, MINUS, COLON, DOLLAR, STAR] = [13, 43, 45, 58, 36, 42];
const [ZERO, THREE, FOUR, SEVEN, EIGHT, BIG_O] = [48, 51, 52, 55, 56, 79];
const MESSAGE_HEAD = "*3\r\n$7\r\nmessage\r\n".length;
const PATTERN_HEAD = "*4\r\n$8\r\npmessage\r\n".length;
const NOTHING: Buffer = Buffer.alloc(0);

/** What a length is of which a byte is missing; -1 is that of a null. */
const MISSING = -2;

/**
 * Reads what a server sends in RESP2, in pieces of any size:
 * https://redis.io/docs/latest/develop/reference/protocol-spec. What has come in
 * part is never read over again but for its last text or line.
 */
export class RespReader {
  readonly #listener: RespListener;
  #data = NOTHING;
  #at = 0;
  /** Innermost last. */
  readonly #lists: OpenList[] = [];
  /** The beginning of what has come in part. */
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  /** With fewer bytes than these it is no use to look again. */
  #wantedBytes = 0;

  constructor(listener: RespListener) {
    this.#listener = listener;
  }

  /** Takes what the socket has read. Throws at what is not RESP2. */
  read(chunk: Buffer): void {
    if (this.#heldBytes === 0) return this.#readAll(chunk);
    this.#hold(chunk);
    if (this.#heldBytes < this.#wantedBytes) return;
    const data = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#heldBytes = 0;
    this.#readAll(data);
  }

  #readAll(data: Buffer): void {
    this.#data = data;
    this.#at = 0;
    while (this.#at < data.length) {
      const start = this.#at;
      if (this.#readNext()) continue;
      this.#wantedBytes = Math.max(this.#at, data.length + 1) - start;
      this.#hold(data.subarray(start));
      break;
    }
    this.#data = NOTHING;
  }

  #hold(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
  }

  /** Reads a message, a value, or the head of a list; whether it was there. */
  #readNext(): boolean {
    switch (this.#data[this.#at]) {
      case PLUS:
        return this.#readStatus();
      case COLON:
        return this.#readNumber();
      case DOLLAR:
        return this.#readText();
      case STAR:
        return this.#readMessage() ?? this.#readList();
      case MINUS:
        return this.#readError();
    }
    throw new Error(
      `Redis has sent byte ${this.#data[this.#at]} where a reply begins`,
    );
  }

  #readStatus(): boolean {
    const line = this.#takeLine();
    return line !== null && this.#emit(line);
  }

  #readError(): boolean {
    const line = this.#takeLine();
    return line !== null && this.#emit(this.#listener.createError(line));
  }

  #readNumber(): boolean {
    const line = this.#takeLine();
    if (line === null) return false;
    const number = line === "" ? NaN : Number(line);
    if (Number.isNaN(number)) throw new Error("Redis has sent no number");
    return this.#emit(number);
  }

  #readText(): boolean {
    const length = this.#takeLength();
    if (length < 0) return length !== MISSING && this.#emit(null);
    const start = this.#at;
    const end = this.#at += length + 2;
    return end <= this.#data.length &&
      this.#emit(this.#data.toString("utf8", start, end - 2));
  }

  #readList(): boolean {
    const length = this.#takeLength();
    if (length === MISSING) return false;
    if (length <= 0) return this.#emit(length === 0 ? [] : null);
    this.#lists.push({ items: [], length });
    return true;
  }

  /** Reads a message at once; `null` where there is none. */
  #readMessage(): boolean | null {
    const { onMessage } = this.#listener;
    if (onMessage === null || this.#lists.length > 0) return null;
    const data = this.#data;
    const at = this.#at;
    const parts = data[at + 1];
    if (parts !== THREE && parts !== FOUR || data[at + 2] !== CR) return null;
    if (at + 5 >= data.length) return false;
    // No other reply to a subscriber has so many parts and such a first one.
    const kindLength = data[at + 5];
    let pattern: string | undefined;
    if (parts === THREE && kindLength === SEVEN) {
      this.#at += MESSAGE_HEAD;
    } else if (parts === FOUR && kindLength === EIGHT) {
      this.#at += PATTERN_HEAD;
      const start = this.#enterText();
      if (this.#at > data.length) return false;
      pattern = data.toString("utf8", start, this.#at - 2);
    } else {
      return null;
    }
    const channelStart = this.#enterText();
    const channelEnd = this.#at - 2;
    const start = this.#enterText();
    if (this.#at > data.length) return false;
    const channel = data.toString("utf8", channelStart, channelEnd);
    onMessage(channel, data.toString("utf8", start, this.#at - 2), pattern);
    return true;
  }

  /** Goes past a text, as far as is known, and tells where it begins. */
  #enterText(): number {
    const length = this.#takeLength();
    const start = this.#at;
    if (length !== MISSING) this.#at += length + 2;
    else this.#at = Math.max(start, this.#data.length + 1);
    return start;
  }

  /** Goes past a line, and gives its text; `null` when its end is missing. */
  #takeLine(): string | null {
    const data = this.#data;
    const start = this.#at + 1;
    const end = data.indexOf(CR, start);
    if (end < 0 || end + 2 > data.length) return null;
    this.#at = end + 2;
    if (end === start + 2 && data[start] === BIG_O) return "OK";
    return data.toString("utf8", start, end);
  }

  /** Goes past a type and a length. */
  #takeLength(): number {
    const data = this.#data;
    let at = this.#at + 1;
    let length = 0;
    for (let byte = data[at]; byte !== CR; byte = data[++at]) {
      if (byte === undefined) return MISSING;
      if (byte === MINUS) return this.#takeNullLength();
      if (byte < ZERO || byte > ZERO + 9) {
        throw new Error(`Redis has sent byte ${byte} within a length`);
      }
      length = length * 10 + byte - ZERO;
    }
    if (at + 2 > data.length) return MISSING;
    if (at === this.#at + 1) throw new Error("Redis has sent no length");
    this.#at = at + 2;
    return length;
  }

  #takeNullLength(): number {
    const line = this.#takeLine();
    if (line === null) return MISSING;
    if (line !== "-1") throw new Error("Redis has sent no length");
    return -1;
  }

  /** Hands a value to the list that waits for it, or to who waits for a reply. */
  #emit(value: unknown): true {
    const lists = this.#lists;
    for (let list = lists.at(-1); list !== undefined; list = lists.at(-1)) {
      if (list.items.push(value) < list.length) return true;
      value = list.items;
      lists.pop();
    }
    this.#listener.onReply(value);
    return true;
  }
}
