// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import { FramingError } from "./_frame_reader.ts";

/** What a walk tells. */
export interface RespWalkOptions {
  /** Takes what is no array for a plain line, as a server does. */
  readonly plainLines: boolean;
  /**
   * Whether to tell a text that is `length` bytes long and ends after `end` bytes
   * of the value.
   */
  readonly wants: (index: number, length: number, end: number) => boolean;
  /**
   * Told of each element, outermost first: index 0 is the value itself, index 1
   * the first element within. The text of a nesting element is its count.
   */
  readonly element: (index: number, marker: string, text: string) => void;
}

const MAX_LINE_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * Walks over one RESP value, in whatever chunks it comes, without keeping it.
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class RespWalker {
  readonly #options: RespWalkOptions;
  #missing = 1;
  #index = 0;
  #taken = 0;
  #line = "";
  // Bytes of a text that are still to come, its line end included.
  #left = 0;
  #text: Uint8Array[] | null = null;

  constructor(options: RespWalkOptions) {
    this.#options = options;
  }

  /** How many bytes were taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether the value is at its end. */
  get done(): boolean {
    return this.#missing === 0;
  }

  /**
   * Takes bytes up to the end of the value.
   *
   * @returns Where in `chunk` the next byte stands that was not taken.
   * @throws {FramingError} If the bytes are not RESP.
   */
  take(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && !this.done) {
      const bytes = this.#left > 0
        ? chunk.subarray(at, at + this.#left)
        : chunk.subarray(at, chunk.indexOf(LINE_FEED, at) + 1 || undefined);
      at += bytes.length;
      this.#taken += bytes.length;
      if (this.#left > 0) this.#takeText(bytes);
      else this.#takeLine(bytes);
    }
    return at;
  }

  #takeText(bytes: Uint8Array): void {
    this.#text?.push(bytes);
    this.#left -= bytes.length;
    if (this.#left > 0) return;
    this.#missing--;
    if (this.#text === null) return;
    const text = Buffer.concat(this.#text).toString("utf8").slice(0, -2);
    this.#text = null;
    this.#options.element(this.#index++, "$", text);
  }

  #takeLine(bytes: Uint8Array): void {
    this.#line += Buffer.from(bytes).toString("latin1");
    if (this.#line.length > MAX_LINE_BYTES) {
      throw new FramingError("Line of RESP is too long");
    }
    if (bytes.at(-1) !== LINE_FEED) return;
    const line = this.#line.replace(/\r?\n$/, "");
    this.#line = "";
    const plain = this.#options.plainLines && this.#index === 0 &&
      !line.startsWith("*");
    if (plain) this.#tell("", line, 0);
    else this.#header(line.slice(0, 1), line.slice(1));
  }

  #header(marker: string, rest: string): void {
    switch (marker) {
      case "+":
      case "-":
      case ":":
      case "_":
      case ",":
      case "#":
      case "(":
        return this.#tell(marker, rest, 0);
      case "*":
      case ">":
      case "~":
        return this.#tell(marker, rest, countOf(rest));
      case "%":
        return this.#tell(marker, rest, 2 * countOf(rest));
      case "|":
        // Attributes come before the value that they describe.
        return this.#tell(marker, rest, 2 * countOf(rest) + 1);
      case "$":
      case "!":
      case "=":
        if (rest === "-1") return this.#tell(marker, "", 0);
        return this.#beginText(countOf(rest));
      default:
        throw new FramingError("Unknown type of RESP value");
    }
  }

  #tell(marker: string, text: string, within: number): void {
    this.#missing += within - 1;
    this.#options.element(this.#index++, marker, text);
  }

  #beginText(length: number): void {
    this.#left = length + 2;
    const end = this.#taken + this.#left;
    if (this.#options.wants(this.#index, length, end)) {
      this.#text = [];
    } else {
      // Told at once, so that nobody has to wait for a text that is not wanted.
      this.#options.element(this.#index++, "$", "");
    }
  }
}

function countOf(text: string): number {
  if (!/^(-1|[0-9]{1,10})$/.test(text)) {
    throw new FramingError("Length of RESP value is not a number");
  }
  return Math.max(0, Number(text));
}
