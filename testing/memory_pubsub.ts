// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Clock,
  Lifecycle,
  PatternSubscriber,
  PubSub,
  PubSubMessage,
  SubscribeOptions,
  SubscribeUserOptions,
  Subscription,
  UserNotifier,
  UserSubscriber,
  UserSubscription,
} from "../protocols.ts";
import { text } from "../redis/arguments.ts";
import { BufferedSubscription } from "../redis/buffered_subscription.ts";
import { channelNames } from "../redis/channel_names.ts";
import { NotStartedError } from "../redis/errors.ts";
import { subscribeUser } from "../redis/subscribe_user.ts";
import { userChannel } from "../redis/user_channel.ts";
import type { UserHistoryOptions } from "../redis/user_history.ts";
import { userNotification } from "../redis/user_notification.ts";
import { systemClock } from "../reliability/system_clock.ts";
import { matchesGlob } from "./_memory_glob.ts";
import { MemoryUserHistory } from "./_memory_user_history.ts";

/** Options of {@linkcode MemoryPubSub}. */
export interface MemoryPubSubOptions {
  /**
   * Names it in messages.
   *
   * @default {"memory"}
   */
  readonly clientId?: string;
  /** Keeps what each user was told last. Nothing is kept by default. */
  readonly history?: UserHistoryOptions;
  /**
   * Tells when a history runs out.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
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
export class MemoryPubSub
  implements
    PubSub,
    PatternSubscriber,
    UserNotifier,
    UserSubscriber,
    Lifecycle {
  readonly #subject: string;
  readonly #history: MemoryUserHistory | null;
  readonly #readers = new Set<MemoryReader>();
  #running = false;
  #isAway = false;

  /**
   * Makes a `MemoryPubSub` that is not started.
   *
   * @param options Its name, and what it keeps.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(options: MemoryPubSubOptions = {}) {
    const { clientId = "memory", history, clock = systemClock } = options;
    this.#subject = `MemoryPubSub "${clientId}"`;
    this.#history = history === undefined
      ? null
      : new MemoryUserHistory(history, clock);
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
    for (const { subscription } of this.#readers) subscription.finish();
    this.#readers.clear();
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
   * @returns How many subscribers received it, as Redis counts: all subscriptions
   * that do not block share a connection, which counts once for the channel and
   * once for each pattern that matches.
   */
  publish(channel: string, message: string): Promise<number> {
    return this.#whenRunning(() =>
      this.#publish(text("channel", channel), text("message", message))
    );
  }

  /**
   * Subscribes to channels, by their exact names. One that blocks holds whatever
   * its reader has not read yet.
   *
   * @param channels One channel, or several.
   * @param options Buffer, overflow and abort signal.
   * @returns The subscription.
   */
  subscribe(
    channels: string | readonly string[],
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    return this.#whenRunning(() =>
      this.#subscribe(channelNames("channels", channels), options, false)
    );
  }

  /**
   * Subscribes to every channel that matches a glob. A message is received once
   * for each of the patterns that matches its channel, as `pattern` tells.
   *
   * @param patterns One pattern, or several.
   * @param options Buffer, overflow and abort signal.
   * @returns The subscription.
   */
  subscribePattern(
    patterns: string | readonly string[],
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    return this.#whenRunning(() =>
      this.#subscribe(channelNames("patterns", patterns), options, true)
    );
  }

  /**
   * Does what an outage does: tells every reader that messages may be missing.
   *
   * @param during What happens meanwhile; nobody hears of what it publishes, and
   * a history keeps it.
   */
  async simulateOutage(during?: () => Promise<unknown>): Promise<void> {
    if (during !== undefined) {
      this.#isAway = true;
      await during().finally(() => this.#isAway = false);
    }
    for (const { subscription } of this.#readers) {
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
   * Publishes `{"event": eventType, "data": data}` on the user's channel, with an
   * `"id"` behind these where a history is kept.
   *
   * @param userId The user's id.
   * @param eventType What happened.
   * @param data Anything that has a JSON form.
   * @returns How many subscribers received it.
   */
  publishUserNotification(
    userId: string,
    eventType: string,
    data: unknown,
  ): Promise<number> {
    return this.#whenRunning(() => {
      const message = userNotification(eventType, data);
      const channel = userChannel(userId);
      const kept = this.#history?.keep(userId, message) ?? message;
      return this.#publish(channel, kept);
    });
  }

  /**
   * Subscribes to what a user is told. Where a history is kept, what the page has
   * missed comes first.
   *
   * @param userId The user's id.
   * @param options The last id that the page has seen, buffer, overflow and abort
   * signal.
   * @returns The subscription.
   */
  subscribeUser(
    userId: string,
    options: SubscribeUserOptions = {},
  ): Promise<UserSubscription> {
    return this.#whenRunning(() =>
      subscribeUser(userId, options, {
        // deno-lint-ignore require-await -- what it throws must be a rejection.
        subscribe: async (channel) =>
          this.#subscribe([channel], options, false),
        history: this.#history,
      })
    );
  }

  #subscribe(
    names: readonly string[],
    options: SubscribeOptions,
    isPattern: boolean,
  ): BufferedSubscription {
    options.signal?.throwIfAborted();
    const subscription = new BufferedSubscription({
      channels: names,
      options,
      isPattern,
      onLeave: () => {
        this.#readers.delete(reader);
        return Promise.resolve();
      },
    });
    const connection = options.onOverflow === "block" ? subscription : this;
    const reader = { subscription, isPattern, connection };
    this.#readers.add(reader);
    return subscription;
  }

  #publish(channel: string, message: string): number {
    if (this.#isAway) return 0;
    let receivers = this.#deliver({ channel, message }, false, channel);
    const patterns = new Set<string>();
    for (const { subscription, isPattern } of this.#readers) {
      if (isPattern) {
        subscription.channels.forEach((each) => patterns.add(each));
      }
    }
    for (const pattern of patterns) {
      if (!matchesGlob(pattern, channel)) continue;
      receivers += this.#deliver({ channel, message, pattern }, true, pattern);
    }
    return receivers;
  }

  /** Delivers to those who named it; the number of their connections. */
  #deliver(message: PubSubMessage, asPattern: boolean, name: string): number {
    const connections = new Set<object>();
    for (const { subscription, isPattern, connection } of [...this.#readers]) {
      if (isPattern !== asPattern) continue;
      if (!subscription.channels.includes(name)) continue;
      subscription.deliver(message);
      connections.add(connection);
    }
    return connections.size;
  }

  async #whenRunning<T>(work: () => T | Promise<T>): Promise<T> {
    if (!this.#running) throw new NotStartedError(this.#subject);
    return await work();
  }
}

/** Who reads, and over which connection that would be. */
interface MemoryReader {
  readonly subscription: BufferedSubscription;
  readonly isPattern: boolean;
  readonly connection: object;
}
