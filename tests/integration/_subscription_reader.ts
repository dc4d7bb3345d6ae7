// Copyright 2026 the HuleEdu authors. MIT license.

import type { PubSubMessage, Subscription } from "../../protocols.ts";
import { neverHanging } from "./_redis_faults.ts";

/** Reads a subscription step by step. */
export class SubscriptionReader {
  readonly #reader: AsyncIterator<PubSubMessage>;

  constructor(subscription: Subscription) {
    this.#reader = subscription[Symbol.asyncIterator]();
  }

  /** The next message, or marker. */
  async next(): Promise<PubSubMessage> {
    const { value } = await neverHanging(this.#reader.next(), "A message");
    return value;
  }

  /** Reads on until the marker of a gap. */
  async gap(): Promise<void> {
    while ((await this.next()).gap === undefined);
  }
}
