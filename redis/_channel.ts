// Copyright 2026 the HuleEdu authors. MIT license.

import type { PubSubMessage } from "../protocols.ts";
import { Deferred } from "./_deferred.ts";
import type { BufferedSubscription } from "./buffered_subscription.ts";

/** How the server is asked for a channel, and told that it is not wanted. */
export interface ChannelKind {
  readonly join: "subscribe" | "psubscribe";
  readonly leave: "unsubscribe" | "punsubscribe";
}

/** A channel by its name. */
export const EXACT: ChannelKind = { join: "subscribe", leave: "unsubscribe" };

/** Channels by a glob. */
export const PATTERN: ChannelKind = {
  join: "psubscribe",
  leave: "punsubscribe",
};

/** One channel, or all that match one pattern, and who reads it. */
export class Channel {
  readonly name: string;
  readonly kind: ChannelKind;
  /**
   * Each reader, and whether its subscription was acknowledged: one that was
   * not has missed nothing.
   */
  readonly #readers = new Map<BufferedSubscription, boolean>();
  /** None when the server has acknowledged: there are many that idle. */
  #ack: Deferred<void> | null = new Deferred();
  #gapDue = false;

  constructor(name: string, kind: ChannelKind) {
    this.name = name;
    this.kind = kind;
  }

  get empty(): boolean {
    return this.#readers.size === 0;
  }

  /** Resolves once the server has acknowledged, anew after each outage. */
  get acknowledged(): Promise<void> | undefined {
    return this.#ack?.promise;
  }

  add(reader: BufferedSubscription): void {
    this.#readers.set(reader, false);
  }

  /** From now on the reader is told of gaps. */
  live(reader: BufferedSubscription): void {
    if (this.#readers.has(reader)) this.#readers.set(reader, true);
  }

  delete(reader: BufferedSubscription): boolean {
    return this.#readers.delete(reader);
  }

  deliver(message: PubSubMessage): void {
    if (this.#gapDue) this.#markGap();
    for (const reader of this.#readers.keys()) reader.deliver(message);
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
    return [...this.#readers].flatMap(([reader, live]) => live ? [reader] : []);
  }
}
