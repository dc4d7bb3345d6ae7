// Copyright 2026 the HuleEdu authors. MIT license.

import type { RedisConnection } from "./_connection.ts";

/** How many times in a row nothing was heard when a connection is given up. */
const SILENT_TICKS = 2;

/** What a {@linkcode Canary} watches over. */
export interface CanaryOptions {
  readonly connection: RedisConnection;
  /** Milliseconds from one PING to the next. */
  readonly intervalMs: number;
  /** Counts whatever the server has sent. */
  readonly heard: () => number;
}

/**
 * Finds out that the other end is gone where the network does not tell, within
 * three intervals. A server may be late with its answer as long as messages
 * come: they stand before it in the queue.
 */
export class Canary {
  readonly #options: CanaryOptions;
  #timer: ReturnType<typeof setInterval> | undefined;
  #heard = 0;
  #silent = 0;
  #asked = false;

  constructor(options: CanaryOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#silent = 0;
    this.#asked = false;
    // More than one tick in a row, so that a process that was busy itself gets
    // to read what has arrived before it judges.
    this.#timer = setInterval(() => this.#tick(), this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const { connection, intervalMs, heard } = this.#options;
    const count = heard();
    this.#silent = this.#asked && count === this.#heard ? this.#silent + 1 : 0;
    this.#heard = count;
    this.#asked = true;
    if (this.#silent < SILENT_TICKS) {
      connection.send({
        name: "PING",
        args: [],
        onReply: () => {},
        onError: () => {},
      });
      return;
    }
    this.stop();
    const ms = intervalMs * SILENT_TICKS;
    void connection.destroy(new Error(`Nothing was heard for ${ms} ms`));
  }
}
