// Copyright 2026 the HuleEdu authors. MIT license.

import type { RespCommand } from "./proxied_request.ts";
import { type FrameScanner, FramingError } from "./_frame_reader.ts";
import { RespWalker } from "./_resp_walker.ts";

/** What tells which command a reply answers. */
export interface RespReply {
  readonly marker: string;
  /** The first element of an array or a push, if it is a short text. */
  readonly word: string;
}

const MAX_COMMAND_HEAD_BYTES = 64 * 1024;
const MAX_WORD_BYTES = 16;
// What Redis itself takes at most.
const MAX_ARGUMENTS = 1024 * 1024;

const SECRET_COMMANDS: ReadonlySet<string> = new Set(["AUTH", "HELLO"]);

const SUBSCRIBING: ReadonlySet<string> = new Set([
  "subscribe",
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
  "ssubscribe",
  "sunsubscribe",
]);

const UNASKED: ReadonlySet<string> = new Set([
  "message",
  "pmessage",
  "smessage",
  ...SUBSCRIBING,
]);

/** Scans commands; also those typed as plain lines. */
export class RespCommandScanner implements FrameScanner<RespCommand> {
  #walker = this.#begin();
  #texts: string[] = [];

  get head(): RespCommand | undefined {
    const { done, taken } = this.#walker;
    if (!done && taken < MAX_COMMAND_HEAD_BYTES) return undefined;
    const [name = "", ...args] = this.#texts;
    const command = name.toUpperCase();
    return { name: command, args: SECRET_COMMANDS.has(command) ? [] : args };
  }

  get done(): boolean {
    return this.#walker.done;
  }

  take(chunk: Uint8Array, from: number): number {
    return this.#walker.take(chunk, from);
  }

  next(): void {
    this.#walker = this.#begin();
    this.#texts = [];
  }

  #begin(): RespWalker {
    return new RespWalker({
      plainLines: true,
      wants: (_index, _length, end) => end <= MAX_COMMAND_HEAD_BYTES,
      element: (index, marker, text) => {
        if (index > 0) this.#texts[index - 1] = text;
        else if (marker === "") this.#texts = text.trim().split(/\s+/);
        else this.#texts = new Array<string>(countOf(text)).fill("");
      },
    });
  }
}

/** Scans replies and pushes. */
export class RespReplyScanner implements FrameScanner<RespReply> {
  #walker = this.#begin();
  #marker = "";
  #word: string | undefined;

  get head(): RespReply | undefined {
    if (this.#word === undefined) return undefined;
    return { marker: this.#marker, word: this.#word };
  }

  get done(): boolean {
    return this.#walker.done;
  }

  take(chunk: Uint8Array, from: number): number {
    return this.#walker.take(chunk, from);
  }

  next(): void {
    this.#walker = this.#begin();
    this.#marker = "";
    this.#word = undefined;
  }

  #begin(): RespWalker {
    return new RespWalker({
      plainLines: false,
      wants: (index, length) => index === 1 && length <= MAX_WORD_BYTES,
      element: (index, marker, text) => {
        if (index === 1) this.#word ??= text;
        if (index > 0) return;
        this.#marker = marker;
        const nests = (marker === "*" || marker === ">") && Number(text) > 0;
        if (!nests) this.#word = "";
      },
    });
  }
}

/**
 * Remembers the commands of a connection that wait for their replies. Replies
 * come in the order of the commands; pushes and messages come unasked.
 */
export class RespLedger {
  #pending: Array<{ readonly command: RespCommand; replies: number }> = [];
  #subscribed = false;

  sent(command: RespCommand): void {
    // An empty line or array is no command, and gets no reply.
    if (command.name === "") return;
    const many = SUBSCRIBING.has(command.name.toLowerCase());
    const replies = many ? Math.max(1, command.args.length) : 1;
    this.#pending.push({ command, replies });
  }

  answered({ marker, word }: RespReply): RespCommand | undefined {
    const [first] = this.#pending;
    // A subscribe command gets one confirmation a channel, in RESP3 as a push.
    if (SUBSCRIBING.has(word) && first?.command.name.toLowerCase() === word) {
      if (marker === "*") this.#subscribed = true;
      if (--first.replies === 0) this.#pending.shift();
      return first.command;
    }
    if (marker === ">") return undefined;
    if (this.#subscribed && marker === "*" && UNASKED.has(word)) {
      return undefined;
    }
    return this.#pending.shift()?.command;
  }
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count <= MAX_ARGUMENTS) {
    return Math.max(0, count);
  }
  throw new FramingError("Length of RESP command is out of range");
}
