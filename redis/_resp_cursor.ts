// Copyright 2026 the HuleEdu authors. MIT license.

import type { Buffer } from "node:buffer";

const [CR, PLUS, MINUS, COLON, DOLLAR, STAR] = [13, 43, 45, 58, 36, 42];
const ZERO = 48;

/**
 * Walks over replies in the framing of RESP2, see
 * https://redis.io/docs/latest/develop/reference/protocol-spec. Where the last
 * bytes of a reply have not come, it ends up beyond the data: by as much as is
 * known to be missing.
 */
export class RespCursor {
  readonly data: Buffer;
  at: number;

  constructor(data: Buffer, at = 0) {
    this.data = data;
    this.at = at;
  }

  /** Whether it went over bytes that are not there. */
  get isBeyond(): boolean {
    return this.at > this.data.length;
  }

  /** Goes past one reply. Throws at what is none. */
  skipReply(): void {
    const type = this.data[this.at];
    switch (type) {
      case PLUS:
      case MINUS:
      case COLON:
        return this.#skipLine();
      case DOLLAR:
        return void this.skipBulk();
      case STAR:
        return this.#skipList();
      case undefined:
        return this.#wantOneMore();
    }
    throw new Error(`A reply of Redis cannot begin with byte ${type}`);
  }

  /** Goes past a bulk string, and tells where its content begins. */
  skipBulk(): number {
    const length = this.#takeLength();
    const start = this.at;
    if (length >= 0) this.at += length + 2;
    return start;
  }

  #skipList(): void {
    const length = this.#takeLength();
    for (let nth = 0; nth < length && !this.isBeyond; nth++) this.skipReply();
  }

  #skipLine(): void {
    const end = this.data.indexOf(CR, this.at);
    if (end < 0) this.#wantOneMore();
    else this.at = end + 2;
  }

  /** Goes past the line of a type and a length, which is -1 for a null. */
  #takeLength(): number {
    const { data } = this;
    if (data[this.at + 1] === MINUS) {
      this.#skipLine();
      return -1;
    }
    let length = 0;
    for (let at = this.at + 1; at < data.length; at++) {
      const byte = data[at]!;
      if (byte === CR) {
        this.at = at + 2;
        return length;
      }
      if (byte < ZERO || byte > ZERO + 9) {
        throw new Error(`A length in a reply of Redis has byte ${byte}`);
      }
      length = length * 10 + byte - ZERO;
    }
    this.#wantOneMore();
    return 0;
  }

  #wantOneMore(): void {
    this.at = this.data.length + 1;
  }
}
