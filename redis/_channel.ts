// Copyright 2026 the HuleEdu authors. MIT license.

import type { PubSubMessage } from "../protocols.ts";
import { Deferred } from "./_deferred.ts";
import type { BufferedSubscription } from "./buffered_subscription.ts";

/** How the server is asked for a channel, and told that it is not wanted. */
export interface ChannelKind {
  readonly join: "SUBSCRIBE" | "PSUBSCRIBE";
  readonly leave: "UNSUBSCRIBE" | "PUNSUBSCRIBE";
}

/** A channel by its name. */
export const EXACT: ChannelKind = { join: "SUBSCRIBE", leave: "UNSUBSCRIBE" };

/** Channels by a glob. */
export const PATTERN: ChannelKind = {
  join: "PSUBSCRIBE",
  leave: "PUNSUBSCRIBE",
};

const NOBODY: readonly BufferedSubscription[] = [];

/** One channel, or all that match one pattern, and who reads it. */
export class Channel {
  readonly name: string;
  readonly kind: ChannelKind;
  /** Apart from the others: a user's channel has one reader, and there are many. */
  #first: BufferedSubscription | null = null;
  /** Replaced, never changed in place: it is iterated over while readers leave. */
  #others: readonly BufferedSubscription[] = NOBODY;
  /** None when the server has acknowledged: there are many that idle. */
  #ack: Deferred<void> | null = new Deferred();
  #gapDue = false;

  constructor(name: string, kind: ChannelKind) {
    this.name = name;
    this.kind = kind;
  }

  get empty(): boolean {
    return this.#first === null;
  }

  /** Resolves once the server has acknowledged, anew after each outage. */
  get acknowledged(): Promise<void> | undefined {
    return this.#ack?.promise;
  }

  /** Adds a reader, once even where a list has the channel twice. */
  add(reader: BufferedSubscription): void {
    if (this.#first === reader || this.#others.includes(reader)) return;
    if (this.#first === null) this.#first = reader;
    else this.#others = [...this.#others, reader];
  }

  delete(reader: BufferedSubscription): boolean {
    const others = this.#others;
    if (this.#first === reader) {
      this.#first = others[0] ?? null;
      this.#others = others.length > 1 ? others.slice(1) : NOBODY;
      return true;
    }
    this.#others = others.filter((each) => each !== reader);
    return this.#others.length < others.length;
  }

  deliver(message: PubSubMessage): void {
    if (this.#gapDue) this.#markGap();
    const others = this.#others;
    this.#first?.deliver(message);
    for (const reader of others) reader.deliver(message);
  }

  /** The server has acknowledged. */
  acknowledge(): void {
    const ack = this.#ack;
    if (ack === null) return;
    this.#ack = null;
    if (this.#gapDue) this.#markGap();
    ack.resolve();
  }

  /** The connection is gone. */
  lose(): void {
    if (this.#ack !== null) return;
    this.#gapDue = true;
    this.#ack = new Deferred();
  }

  /** The server does not allow it. */
  refuse(error: Error): void {
    this.#ack?.reject(error);
    for (const reader of this.#liveReaders()) reader.fail(error);
  }

  /** Before the first message after an outage, which may outrun the reply. */
  #markGap(): void {
    this.#gapDue = false;
    for (const reader of this.#liveReaders()) reader.markGap(this.name);
  }

  #liveReaders(): BufferedSubscription[] {
    if (this.#first === null) return [];
    return [this.#first, ...this.#others].filter(({ isLive }) => isLive);
  }
}
