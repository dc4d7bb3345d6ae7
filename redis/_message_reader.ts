// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import type { MessageListener } from "./_connection.ts";
import { RespCursor } from "./_resp_cursor.ts";

const MESSAGE_HEAD = "*3\r\n$7\r\nmessage\r\n".length;
const PATTERN_MESSAGE_HEAD = "*4\r\n$8\r\npmessage\r\n".length;
const [STAR, THREE, FOUR, SEVEN, EIGHT] = [42, 51, 52, 55, 56];

/**
 * Reads the bytes of a subscribed connection: takes the messages out, and hands
 * every other reply on, whole and in its place. Messages are by far the most
 * that comes, and little of RESP2 is needed to read one.
 */
export class MessageReader {
  readonly #onMessage: MessageListener;
  readonly #onReply: (reply: Buffer) => void;
  /** The beginning of a reply whose end has not come, in pieces. */
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  /** With fewer bytes than these it is no use to look again. */
  #wantedBytes = 0;

  constructor(onMessage: MessageListener, onReply: (reply: Buffer) => void) {
    this.#onMessage = onMessage;
    this.#onReply = onReply;
  }

  /** Takes what the socket has read. Throws at what is not RESP2. */
  read(chunk: Buffer): void {
    if (this.#heldBytes === 0) return this.#readReplies(chunk);
    this.#hold(chunk);
    if (this.#heldBytes < this.#wantedBytes) return;
    const data = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#heldBytes = 0;
    this.#readReplies(data);
  }

  #readReplies(data: Buffer): void {
    const cursor = new RespCursor(data);
    while (cursor.at < data.length) {
      const start = cursor.at;
      this.#readReply(cursor);
      if (cursor.at <= data.length) continue;
      this.#wantedBytes = cursor.at - start;
      this.#hold(data.subarray(start));
    }
  }

  #readReply(cursor: RespCursor): void {
    const { data, at } = cursor;
    // No other reply to a subscriber has so many parts and such a first one.
    if (data[at] === STAR) {
      const parts = data[at + 1];
      const kindLength = data[at + 5];
      if (parts === THREE && kindLength === SEVEN) {
        cursor.at += MESSAGE_HEAD;
        return this.#readMessage(cursor);
      }
      if (parts === FOUR && kindLength === EIGHT) {
        cursor.at += PATTERN_MESSAGE_HEAD;
        return this.#readPatternMessage(cursor);
      }
    }
    cursor.skipReply();
    if (!cursor.isBeyond) this.#onReply(data.subarray(at, cursor.at));
  }

  #readMessage(cursor: RespCursor, pattern?: string): void {
    const { data } = cursor;
    const channelStart = cursor.skipBulk();
    const channelEnd = cursor.at - 2;
    const start = cursor.skipBulk();
    if (cursor.isBeyond) return;
    const channel = data.toString("utf8", channelStart, channelEnd);
    const message = data.toString("utf8", start, cursor.at - 2);
    this.#onMessage(channel, message, pattern);
  }

  #readPatternMessage(cursor: RespCursor): void {
    const start = cursor.skipBulk();
    if (cursor.isBeyond) return;
    const pattern = cursor.data.toString("utf8", start, cursor.at - 2);
    this.#readMessage(cursor, pattern);
  }

  #hold(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
  }
}
