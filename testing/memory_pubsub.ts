// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Lifecycle,
  PubSub,
  SubscribeOptions,
  Subscription,
  UserNotifier,
} from "../protocols.ts";
import { text } from "../redis/arguments.ts";
import { BufferedSubscription } from "../redis/buffered_subscription.ts";
import { channelNames } from "../redis/channel_names.ts";
import { NotStartedError } from "../redis/errors.ts";
import { userChannel } from "../redis/user_channel.ts";
import { userNotification } from "../redis/user_notification.ts";

/** Options of {@linkcode MemoryPubSub}. */
export interface MemoryPubSubOptions {
  /**
   * Names it in messages.
   *
   * @default {"memory"}
   */
  readonly clientId?: string;
}

/**
 * Publish and subscribe in memory, for tests: what `RedisPubSub` does, within
 * one process, with the same checks, buffers and errors.
 *
 * @example A page that is told something
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MemoryPubSub } from "@huleedu/service-libs/testing";
 *
 * await using pubsub = await MemoryPubSub.connect();
 * await using sub = await pubsub.subscribe(pubsub.getUserChannel("u1"));
 * await pubsub.publishUserNotification("u1", "essay_created", { id: 1 });
 *
 * for await (const { channel, message } of sub) {
 *   assertEquals(channel, "ws:u1");
 *   assertEquals(message, '{"event": "essay_created", "data": {"id": 1}}');
 *   break;
 * }
 * ```
 */
export class MemoryPubSub implements PubSub, UserNotifier, Lifecycle {
  readonly #subject: string;
  readonly #subscriptions = new Set<BufferedSubscription>();
  #running = false;

  /**
   * Makes a `MemoryPubSub` that is not started.
   *
   * @param options Its name.
   */
  constructor(options: MemoryPubSubOptions = {}) {
    this.#subject = `MemoryPubSub "${options.clientId ?? "memory"}"`;
  }

  /**
   * Makes a `MemoryPubSub` and starts it.
   *
   * @param options As for the constructor.
   * @returns The started object.
   */
  static async connect(
    options: MemoryPubSubOptions = {},
  ): Promise<MemoryPubSub> {
    const pubsub = new MemoryPubSub(options);
    await pubsub.start();
    return pubsub;
  }

  /** Starts it. Twice is one start. */
  start(): Promise<void> {
    this.#running = true;
    return Promise.resolve();
  }

  /** Ends every subscription, once its reader has what has arrived. */
  stop(): Promise<void> {
    this.#running = false;
    for (const subscription of this.#subscriptions) subscription.finish();
    this.#subscriptions.clear();
    return Promise.resolve();
  }

  /** The same as `stop()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Publishes a message.
   *
   * @param channel The channel.
   * @param message The text.
   * @returns How many subscribers received it, 0 or 1: all subscriptions of one
   * client share a connection, and Redis counts connections.
   */
  publish(channel: string, message: string): Promise<number> {
    return this.#whenRunning(() => {
      const readers = this.#readersOf(text("channel", channel));
      const sent = { channel, message: text("message", message) };
      for (const reader of readers) reader.deliver(sent);
      return Math.min(readers.length, 1);
    });
  }

  /**
   * Subscribes to channels, by their exact names.
   *
   * @param channels One channel, or several.
   * @param options Buffer, overflow and abort signal.
   * @returns The subscription.
   */
  subscribe(
    channels: string | readonly string[],
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    return this.#whenRunning(() => {
      const names = channelNames(channels);
      options.signal?.throwIfAborted();
      const subscription = new BufferedSubscription({
        channels: names,
        options,
        onLeave: (leaving) => {
          this.#subscriptions.delete(leaving);
          return Promise.resolve();
        },
      });
      this.#subscriptions.add(subscription);
      return subscription;
    });
  }

  /**
   * Does what an outage does: tells every reader that messages may be missing.
   */
  simulateOutage(): void {
    for (const subscription of this.#subscriptions) {
      for (const name of subscription.channels) subscription.markGap(name);
    }
  }

  /**
   * The channel of a user.
   *
   * @param userId The user's id.
   * @returns `ws:{userId}`.
   * @throws {RangeError} If the id is empty or holds control characters.
   */
  getUserChannel(userId: string): string {
    return userChannel(userId);
  }

  /**
   * Publishes `{"event": eventType, "data": data}` on the user's channel.
   *
   * @param userId The user's id.
   * @param eventType What happened.
   * @param data Anything that has a JSON form.
   * @returns How many subscribers received it.
   */
  async publishUserNotification(
    userId: string,
    eventType: string,
    data: unknown,
  ): Promise<number> {
    const message = userNotification(eventType, data);
    return await this.publish(userChannel(userId), message);
  }

  #readersOf(channel: string): BufferedSubscription[] {
    return [...this.#subscriptions].filter((subscription) =>
      subscription.channels.includes(channel)
    );
  }

  async #whenRunning<T>(work: () => T): Promise<T> {
    if (!this.#running) throw new NotStartedError(this.#subject);
    return await work();
  }
}
