// Copyright 2026 the HuleEdu authors. MIT license.

import type { PubSubMessage } from "../protocols.ts";
import { Deferred } from "./_deferred.ts";
import type { BufferedSubscription } from "./buffered_subscription.ts";

/** One channel, and who reads it. */
export class Channel {
  readonly name: string;
  readonly #readers = new Set<BufferedSubscription>();
  /** Readers whose subscription was acknowledged: the others missed nothing. */
  readonly #live = new Set<BufferedSubscription>();
  #ack = new Deferred<void>();
  #acknowledged = false;
  #gapDue = false;

  constructor(name: string) {
    this.name = name;
  }

  get empty(): boolean {
    return this.#readers.size === 0;
  }

  /** Resolves once the server has acknowledged, anew after each outage. */
  get acknowledged(): Promise<void> {
    return this.#ack.promise;
  }

  add(reader: BufferedSubscription): void {
    this.#readers.add(reader);
  }

  /** From now on the reader is told of gaps. */
  live(reader: BufferedSubscription): void {
    if (this.#readers.has(reader)) this.#live.add(reader);
  }

  delete(reader: BufferedSubscription): boolean {
    this.#live.delete(reader);
    return this.#readers.delete(reader);
  }

  deliver(message: PubSubMessage): void {
    this.#markGap();
    for (const reader of this.#readers) reader.deliver(message);
  }

  /** The server has acknowledged. */
  acknowledge(): void {
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.#markGap();
    this.#ack.resolve();
  }

  /** The connection is gone. */
  lose(): void {
    if (!this.#acknowledged) return;
    this.#acknowledged = false;
    this.#gapDue = true;
    this.#ack = new Deferred();
  }

  /** The server does not allow it. */
  refuse(error: Error): void {
    this.#ack.reject(error);
    for (const reader of [...this.#live]) reader.fail(error);
  }

  /** Before the first message after an outage, which may outrun the reply. */
  #markGap(): void {
    if (!this.#gapDue) return;
    this.#gapDue = false;
    for (const reader of this.#live) reader.markGap(this.name);
  }
}
