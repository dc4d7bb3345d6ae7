// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  EventConsumer,
  EventPublisher,
  IdempotencyStore,
  PubSub,
  UserNotifier,
} from "@huleedu/service-libs/protocols";
import {
  MemoryBus,
  type MemoryConsumer,
  MemoryIdempotencyStore,
  MemoryPubSub,
} from "@huleedu/service-libs/testing";
import type { Backbone, BackboneUse } from "./backbone.ts";
import { poll } from "./poll.ts";
import type { TopicRecord, Topics } from "./topics.ts";

/**
 * A backbone in memory, from the published doubles: no server, no set-up, and
 * nothing left afterwards.
 */
export class EmbeddedBackbone implements Backbone {
  readonly name = "the embedded doubles";
  readonly isShared = false;
  readonly #bus: MemoryBus;
  readonly #pubsub: MemoryPubSub;
  readonly #store = new MemoryIdempotencyStore();
  readonly #consumers = new Map<string, MemoryConsumer>();

  private constructor(bus: MemoryBus, pubsub: MemoryPubSub) {
    this.#bus = bus;
    this.#pubsub = pubsub;
  }

  /**
   * Opens a backbone.
   *
   * @param stack What is opened goes on it.
   * @returns The backbone.
   */
  static async open(stack: AsyncDisposableStack): Promise<EmbeddedBackbone> {
    const bus = stack.use(await MemoryBus.connect());
    const pubsub = stack.use(await MemoryPubSub.connect());
    return new EmbeddedBackbone(bus, pubsub);
  }

  /** The bus, to look at what was published. */
  get bus(): MemoryBus {
    return this.#bus;
  }

  /** The one bus there is. */
  openPublisher(): Promise<EventPublisher> {
    return Promise.resolve(this.#bus);
  }

  /** A consumer of the bus. */
  createConsumer(
    { service: groupId, logger }: BackboneUse,
    topic: string,
  ): EventConsumer {
    const consumer = this.#bus.consumer({
      groupId,
      topics: [topic],
      fromBeginning: true,
      logger,
    });
    this.#consumers.set(groupId, consumer);
    return consumer;
  }

  /** The one store there is. */
  openStore(): Promise<IdempotencyStore> {
    return Promise.resolve(this.#store);
  }

  /** The one pub/sub there is. */
  openMessages(): Promise<PubSub & UserNotifier> {
    return Promise.resolve(this.#pubsub);
  }

  /** A view of the bus. */
  openTopics(): Promise<Topics> {
    return Promise.resolve({
      put: (topic, text) => {
        this.#bus.publishRaw(topic, text);
        return Promise.resolve();
      },
      records: (topic): Promise<readonly TopicRecord[]> =>
        Promise.resolve(this.#bus.records(topic)),
      untilDrained: (groupId, topic, signal) =>
        poll(() => this.#isDrained(groupId, topic), signal),
    });
  }

  #isDrained(groupId: string, topic: string): boolean {
    const partitions = this.#consumers.get(groupId)?.health().partitions ?? [];
    return this.#bus.records(topic).every(({ partition }) =>
      partitions.some((each) =>
        each.topic === topic && each.partition === partition && each.lag === 0
      )
    );
  }
}
