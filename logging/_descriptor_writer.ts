// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";

/** How long a full non-blocking pipe is waited for before a line is given up. */
const MAX_WAIT_MS = 5_000;

/** What {@linkcode DescriptorWriter} does its work with; replaced in tests. */
export interface DescriptorIo {
  /** Writes some bytes and tells how many. */
  write(descriptor: number, data: string | Uint8Array): number;
  /** Blocks for `ms` milliseconds. */
  wait(ms: number): void;
}

/**
 * Writes to a file descriptor at once, so that the last line before an exit is
 * never lost. A blocking pipe makes the caller wait for as long as its reader
 * does not read: the system tells nothing meanwhile. A non-blocking one, as Node
 * makes it, takes a part or nothing (`EAGAIN`) and is waited for with the thread;
 * when the reader is stuck, lines are given up whole and the waiting stops until
 * it reads again.
 */
export class DescriptorWriter {
  readonly #descriptor: number;
  readonly #io: DescriptorIo;
  #rest: Uint8Array | undefined;
  #isStuck = false;

  /** Creates a writer; it does not own the descriptor. */
  constructor(descriptor: number, io: DescriptorIo = SYSTEM_IO) {
    this.#descriptor = descriptor;
    this.#io = io;
  }

  /**
   * Writes a text.
   *
   * @throws {Error} If the reader takes nothing or is gone.
   */
  write(text: string): void {
    if (this.#rest !== undefined) this.#writeAll(this.#rest);
    const size = Buffer.byteLength(text);
    const written = this.#tryWrite(text);
    if (written === size) this.#isStuck = false;
    else this.#writeAll(Buffer.from(text).subarray(written), written > 0);
  }

  #writeAll(bytes: Uint8Array, isBegun = true): void {
    let waited = 0;
    let pause = 1;
    while (bytes.length > 0) {
      // A line once begun has to be finished before the next one.
      this.#rest = isBegun ? bytes : undefined;
      const written = this.#tryWrite(bytes);
      bytes = bytes.subarray(written);
      isBegun ||= written > 0;
      if (written > 0) continue;
      if (this.#isStuck || waited >= MAX_WAIT_MS) {
        this.#isStuck = true;
        throw new Error(
          `Cannot write log line: file descriptor ${this.#descriptor} takes no data`,
        );
      }
      this.#io.wait(pause);
      waited += pause;
      pause = Math.min(pause * 2, 50);
    }
    this.#rest = undefined;
    this.#isStuck = false;
  }

  #tryWrite(data: string | Uint8Array): number {
    try {
      return this.#io.write(this.#descriptor, data);
    } catch (error) {
      if ((error as { code?: unknown }).code === "EAGAIN") return 0;
      throw error;
    }
  }
}

/** The calls of the system. */
export const SYSTEM_IO: DescriptorIo = {
  write(descriptor, data) {
    return typeof data === "string"
      ? writeSync(descriptor, data)
      : writeSync(descriptor, data);
  },
  wait(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};
