// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  EventConsumer,
  EventPublisher,
  IdempotencyStore,
  Logger,
  PubSub,
  UserNotifier,
} from "@huleedu/service-libs/protocols";
import type { Topics } from "./topics.ts";

/** Who connects, and what is disposed of with it. */
export interface BackboneUse {
  /** What is opened goes on it. */
  readonly stack: AsyncDisposableStack;
  /** The service that connects. */
  readonly service: string;
  /** Where the clients log. */
  readonly logger: Logger;
}

/**
 * Where the services get their ports from. They know no other way to each other,
 * so it does not matter to them whether this is Kafka and Redis or memory.
 */
export interface Backbone {
  /** What it is, for people. */
  readonly name: string;
  /** Whether other processes may be on it too. */
  readonly isShared: boolean;
  /** Opens a publisher. */
  openPublisher(use: BackboneUse): Promise<EventPublisher>;
  /**
   * Creates a consumer that is not started. Its group has the name of the
   * service, and begins with the oldest event.
   */
  createConsumer(use: BackboneUse, topic: string): EventConsumer;
  /** Opens a store of what was handled. */
  openStore(use: BackboneUse): Promise<IdempotencyStore>;
  /** Opens the way to the users. */
  openMessages(use: BackboneUse): Promise<PubSub & UserNotifier>;
  /** Opens a view of the topics from outside of the services. */
  openTopics(
    stack: AsyncDisposableStack,
    topics: readonly string[],
  ): Promise<Topics>;
}
