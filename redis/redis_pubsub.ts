// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Lifecycle,
  PubSub,
  StopOptions,
  SubscribeOptions,
  Subscription,
  UserNotifier,
} from "../protocols.ts";
import { text } from "./arguments.ts";
import { readOptions, stopTimeout } from "./_client_options.ts";
import { borrowParts } from "./_client_parts.ts";
import { CommandLink } from "./_command_link.ts";
import { LifecycleGate } from "./_lifecycle_gate.ts";
import { SubscriberHub } from "./_subscriber_hub.ts";
import { channelNames } from "./channel_names.ts";
import type { RedisConnectionOptions } from "./connection_options.ts";
import { NotStartedError } from "./errors.ts";
import type { RedisClient } from "./redis_client.ts";
import { userChannel } from "./user_channel.ts";
import { userNotification } from "./user_notification.ts";

/** Options of a {@linkcode RedisPubSub} that publishes on a client's connection. */
export interface RedisPubSubClientOptions {
  /** The client. It is neither started nor stopped with the `RedisPubSub`. */
  readonly client: RedisClient;
}

/** Options of {@linkcode RedisPubSub}: a server, or a client of one. */
export type RedisPubSubOptions =
  | RedisConnectionOptions
  | RedisPubSubClientOptions;

/**
 * Publish and subscribe on Redis.
 *
 * All subscriptions share one connection, which is opened when the first of
 * them needs it. After an outage they come back by themselves, and each reader
 * receives a marker with `gap` set: Redis keeps nothing for those who are away.
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
export class RedisPubSub implements PubSub, UserNotifier, Lifecycle {
  readonly #gate = new LifecycleGate();
  readonly #subject: string;
  readonly #link: CommandLink;
  readonly #ownsLink: boolean;
  readonly #hub: SubscriberHub;

  /**
   * Does no I/O.
   *
   * @param options The server and limits, or a client to publish with.
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(options: RedisPubSubOptions) {
    this.#ownsLink = !("client" in options);
    if ("client" in options) {
      const { settings, link } = borrowParts(options.client);
      this.#subject = settings.subject;
      this.#link = link;
      this.#hub = new SubscriberHub(settings);
    } else {
      const settings = readOptions("RedisPubSub", options);
      this.#subject = settings.subject;
      this.#link = new CommandLink(settings);
      this.#hub = new SubscriberHub(settings);
    }
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
      await this.#hub.stop();
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
    if (!this.#gate.running) throw new NotStartedError(this.#subject);
    return await this.#hub.subscribe(channelNames(channels), options);
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
   * @throws {JsonValueError} If something in `data` has no JSON form.
   */
  async publishUserNotification(
    userId: string,
    eventType: string,
    data: unknown,
  ): Promise<number> {
    const message = userNotification(eventType, data);
    return await this.publish(userChannel(userId), message);
  }
}
