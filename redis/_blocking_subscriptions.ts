// Copyright 2026 the HuleEdu authors. MIT license.

import type { SubscribeOptions } from "../protocols.ts";
import type { ChannelKind } from "./_channel.ts";
import { SubscriberHub, type SubscriberHubOptions } from "./_subscriber_hub.ts";
import type { BufferedSubscription } from "./buffered_subscription.ts";

/**
 * Subscriptions whose connection is not read while their reader is behind. Each
 * has one of its own: on a shared one all the others would stand still too.
 */
export class BlockingSubscriptions {
  readonly #options: SubscriberHubOptions;
  readonly #hubs = new Set<SubscriberHub>();

  constructor(options: SubscriberHubOptions) {
    this.#options = options;
  }

  /** Ends every subscription, and closes the connections. */
  async stop(): Promise<void> {
    await Promise.all([...this.#hubs].map((hub) => this.#end(hub)));
  }

  /** Subscribes; resolves once the server has acknowledged every channel. */
  async subscribe(
    names: readonly string[],
    kind: ChannelKind,
    options: SubscribeOptions,
  ): Promise<BufferedSubscription> {
    const hub: SubscriberHub = new SubscriberHub({
      ...this.#options,
      onIdle: () => this.#end(hub),
    });
    this.#hubs.add(hub);
    hub.start();
    try {
      return await hub.subscribe(names, kind, options);
    } catch (error) {
      await this.#end(hub);
      throw error;
    }
  }

  async #end(hub: SubscriberHub): Promise<void> {
    this.#hubs.delete(hub);
    await hub.stop();
  }
}
