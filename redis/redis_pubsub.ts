// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Lifecycle,
  PatternSubscriber,
  PubSub,
  StopOptions,
  SubscribeOptions,
  SubscribeUserOptions,
  Subscription,
  UserNotifier,
  UserSubscriber,
  UserSubscription,
} from "../protocols.ts";
import { text, timerMs } from "./arguments.ts";
import { BlockingSubscriptions } from "./_blocking_subscriptions.ts";
import { type ChannelKind, EXACT, PATTERN } from "./_channel.ts";
import { creating, readOptions, stopTimeout } from "./_client_options.ts";
import { borrowParts, type ClientParts } from "./_client_parts.ts";
import { createLink } from "./_create_link.ts";
import { LifecycleGate } from "./_lifecycle_gate.ts";
import type { Link } from "./_link.ts";
import { RedisUserHistory } from "./_redis_user_history.ts";
import { SubscriberHub } from "./_subscriber_hub.ts";
import type { BufferedSubscription } from "./buffered_subscription.ts";
import { channelNames } from "./channel_names.ts";
import type { RedisConnectionOptions } from "./connection_options.ts";
import { NotStartedError } from "./errors.ts";
import type { PubSubSettings } from "./pubsub_settings.ts";
import type { RedisClient } from "./redis_client.ts";
import { subscribeUser } from "./subscribe_user.ts";
import { userChannel } from "./user_channel.ts";
import { userNotification } from "./user_notification.ts";

/** Options of a {@linkcode RedisPubSub} that publishes on a client's connection. */
export interface RedisPubSubClientOptions extends PubSubSettings {
  /** The client. It is neither started nor stopped with the `RedisPubSub`. */
  readonly client: RedisClient;
}

/** Options of {@linkcode RedisPubSub}: a server, or a client of one. */
export type RedisPubSubOptions =
  | (RedisConnectionOptions & PubSubSettings)
  | RedisPubSubClientOptions;

/**
 * Publish and subscribe on Redis.
 *
 * All subscriptions share one connection, which is opened when the first of
 * them needs it. After an outage they come back by themselves, and each reader
 * receives a marker with `gap` set: Redis keeps nothing for those who are away.
 * A connection that went deaf without a word is found by PING.
 *
 * A subscription that blocks has a connection of its own, which is not read
 * while its buffer is full; one read of the socket, 64 KiB, may still come on
 * top. What waits then is held by the two kernels and by the server, and the
 * server has a limit, `client-output-buffer-limit pubsub`: 32 MiB at once, or
 * 8 MiB for a minute, by default. Beyond it the server drops the connection, and
 * the reader finds a marker with `gap` after what had arrived.
 *
 * A reader's loop runs in the async context that it was started in, whoever
 * published. Where each message is a unit of work, open a scope for it:
 * `for await (const m of sub) await withContext({}, () => handle(m))`.
 *
 * @example One subscription
 * ```ts ignore
 * import { RedisPubSub } from "@huleedu/service-libs/redis";
 *
 * await using pubsub = await RedisPubSub.connect({
 *   clientId: "websocket",
 *   url: "redis://localhost:6379",
 * });
 * await using sub = await pubsub.subscribe(pubsub.getUserChannel("u1"));
 * for await (const { message, gap } of sub) {
 *   if (gap === undefined) console.log(message);
 * }
 * ```
 */
export class RedisPubSub
  implements
    PubSub,
    PatternSubscriber,
    UserNotifier,
    UserSubscriber,
    Lifecycle {
  readonly #gate = new LifecycleGate();
  readonly #subject: string;
  readonly #link: Link;
  readonly #ownsLink: boolean;
  readonly #hub: SubscriberHub;
  readonly #blocking: BlockingSubscriptions;
  readonly #history: RedisUserHistory | null;

  /**
   * Does no I/O.
   *
   * @param options The server and limits, or a client to publish with.
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(options: RedisPubSubOptions) {
    this.#ownsLink = !("client" in options);
    const parts = "client" in options
      ? borrowParts(options.client)
      : ownParts(options);
    const { pingIntervalMs = 4_000, history } = options;
    const settings = creating("RedisPubSub", () => ({
      ...parts.settings,
      pingIntervalMs: timerMs("pingIntervalMs", pingIntervalMs),
    }));
    this.#subject = settings.subject;
    this.#link = parts.link;
    this.#hub = new SubscriberHub(settings);
    this.#blocking = new BlockingSubscriptions(settings);
    this.#history = history === undefined ? null : creating(
      "RedisPubSub",
      () => new RedisUserHistory(parts.link, history),
    );
  }

  /**
   * Creates a `RedisPubSub` and starts it.
   *
   * @param options As for the constructor.
   * @returns The started object.
   * @throws {RedisConnectionError} If the server does not answer in time.
   */
  static async connect(options: RedisPubSubOptions): Promise<RedisPubSub> {
    const pubsub = new RedisPubSub(options);
    await pubsub.start();
    return pubsub;
  }

  /**
   * Connects. Twice is one start.
   *
   * @throws {RedisConnectionError} If the server does not answer in time.
   */
  start(): Promise<void> {
    return this.#gate.start(async () => {
      if (this.#ownsLink) await this.#link.start();
      this.#hub.start();
    });
  }

  /**
   * Ends every subscription and closes the connections. Readers first receive
   * what has arrived already.
   *
   * @param options How long publishes in flight may take.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const timeoutMs = stopTimeout(options.timeoutMs);
    await this.#gate.stop(async () => {
      await Promise.all([this.#hub.stop(), this.#blocking.stop()]);
      if (this.#ownsLink) await this.#link.stop(timeoutMs);
    });
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
   * @returns How many subscribers received it; those of one client count as one.
   * @throws {OutcomeUnknownError} If the reply was lost: it may be out.
   * @throws {RedisConnectionError} If it was not sent.
   */
  async publish(channel: string, message: string): Promise<number> {
    const args = [text("channel", channel), text("message", message)];
    if (!this.#gate.running) throw new NotStartedError(this.#subject);
    return await this.#link.run<number>({
      kind: "once",
      name: "PUBLISH",
      args,
    });
  }

  /**
   * Subscribes to channels, by their exact names.
   *
   * @param channels One channel, or several.
   * @param options Buffer, overflow and abort signal.
   * @returns The subscription, once the server has acknowledged.
   * @throws {RedisConnectionError} If the server does not acknowledge in time.
   * @throws {RedisCommandError} If the server refuses.
   */
  async subscribe(
    channels: string | readonly string[],
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    const names = channelNames("channels", channels);
    return await this.#subscribe(names, EXACT, options);
  }

  /**
   * Subscribes to every channel that matches a glob. A message is received once
   * for each of the patterns that matches its channel, as `pattern` tells.
   *
   * @param patterns One pattern, or several: `*`, `?`, `[a-c]`, `[^x]`, `\\`.
   * `escapePattern()` makes text stand for itself.
   * @param options Buffer, overflow and abort signal.
   * @returns The subscription, once the server has acknowledged.
   * @throws {RedisConnectionError} If the server does not acknowledge in time.
   * @throws {RedisCommandError} If the server refuses.
   */
  async subscribePattern(
    patterns: string | readonly string[],
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    const names = channelNames("patterns", patterns);
    return await this.#subscribe(names, PATTERN, options);
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
   * Publishes `{"event": eventType, "data": data}` on the user's channel. Where a
   * history is kept the object has an `"id"` as well, behind these two, and goes
   * into the history in the same step: the list `{ws:userId}:history`.
   *
   * @param userId The user's id.
   * @param eventType What happened.
   * @param data Anything that has a JSON form.
   * @returns How many subscribers received it.
   * @throws {JsonValueError} If something in `data` has no JSON form.
   * @throws {OutcomeUnknownError} If the reply was lost: it may be out, and kept.
   */
  async publishUserNotification(
    userId: string,
    eventType: string,
    data: unknown,
  ): Promise<number> {
    const message = userNotification(eventType, data);
    const channel = userChannel(userId);
    if (this.#history === null) return await this.publish(channel, message);
    if (!this.#gate.running) throw new NotStartedError(this.#subject);
    return await this.#history.publish(userId, message);
  }

  /**
   * Subscribes to what a user is told. Where a history is kept, what the page has
   * missed comes first, then what is new, each once and in order, with its id.
   * What an outage or an overflow has swallowed comes from the history too. There
   * is a marker with `gap` only where the history does not reach back, and where
   * somebody else publishes on this channel without a history: that is not in it.
   *
   * @param userId The user's id.
   * @param options The last id that the page has seen, buffer, overflow and abort
   * signal. A last id that is not known to the history gives a marker, and all
   * that is kept.
   * @returns The subscription, once the server has acknowledged. The page may
   * connect again with its `lastEventId`.
   * @throws {RangeError} If the id is empty or holds control characters.
   * @throws {RedisConnectionError} If the server does not answer in time.
   *
   * @example A page that comes back
   * ```ts ignore
   * const pubsub = await RedisPubSub.connect({
   *   clientId: "websocket",
   *   url: "redis://localhost:6379",
   *   history: { size: 100, ttlMs: 3_600_000 },
   * });
   * Deno.serve(async ({ headers }) => {
   *   const lastEventId = headers.get("Last-Event-ID") ?? "";
   *   const sub = await pubsub.subscribeUser("u1", { lastEventId });
   *   return new Response(toEventStream(sub), {
   *     headers: { "Content-Type": "text/event-stream" },
   *   });
   * });
   * ```
   */
  async subscribeUser(
    userId: string,
    options: SubscribeUserOptions = {},
  ): Promise<UserSubscription> {
    return await subscribeUser(userId, options, {
      subscribe: (channel) => this.#subscribe([channel], EXACT, options),
      history: this.#history,
    });
  }

  async #subscribe(
    names: readonly string[],
    kind: ChannelKind,
    options: SubscribeOptions,
  ): Promise<BufferedSubscription> {
    if (!this.#gate.running) throw new NotStartedError(this.#subject);
    const subscriptions = options.onOverflow === "block"
      ? this.#blocking
      : this.#hub;
    return await subscriptions.subscribe(names, kind, options);
  }
}

function ownParts(options: RedisConnectionOptions): ClientParts {
  const settings = readOptions("RedisPubSub", options);
  return { settings, link: createLink(settings) };
}
