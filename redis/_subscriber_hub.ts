// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger, SubscribeOptions } from "../protocols.ts";
import { askWithin } from "./_ask_within.ts";
import { Backoff } from "./_backoff.ts";
import { Canary } from "./_canary.ts";
import { Channel, type ChannelKind, EXACT, PATTERN } from "./_channel.ts";
import { ConnectionLostError } from "./_connection.ts";
import type { OpenConnection, RedisConnection } from "./_connection.ts";
import { DeadlineQueue } from "./_deadline_queue.ts";
import type { DeadlineEntry } from "./_deadline_queue.ts";
import { Deferred } from "./_deferred.ts";
import { connectionError, label } from "./_open_connection.ts";
import { pause } from "./_pause.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { sharedController } from "./abort_scope.ts";
import { BufferedSubscription } from "./buffered_subscription.ts";
import { NotStartedError } from "./errors.ts";

/** What a {@linkcode SubscriberHub} needs. */
export interface SubscriberHubOptions {
  readonly address: RedisAddress;
  readonly open: OpenConnection;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
  readonly clientId: string;
  readonly logger?: Logger | undefined;
  /** Milliseconds from one PING to the next. */
  readonly pingIntervalMs: number;
  /** Called whenever the last subscription has been left. */
  readonly onIdle?: () => Promise<void>;
}

/** What a caller waits for who has asked for channels. */
class Acknowledgement extends Deferred<never> implements DeadlineEntry {
  readonly deadline: number;
  previous: Acknowledgement | null = null;
  next: Acknowledgement | null = null;
  isLate = false;

  constructor(deadline: number) {
    super();
    this.deadline = deadline;
  }
}

/**
 * All subscriptions of a client, on one connection that is opened when the
 * first of them needs it. What is wanted is kept here and not in the
 * connection, so that a new connection is given all of it.
 */
export class SubscriberHub {
  readonly #options: SubscriberHubOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #patterns = new Map<string, Channel>();
  readonly #subscriptions = new Set<BufferedSubscription>();
  readonly #waiting = new DeadlineQueue<Acknowledgement>((late) => {
    late.isLate = true;
    late.reject(this.#unacknowledged());
  });
  #running = false;
  #closing = sharedController();
  #connection: RedisConnection | null = null;
  #canary: Canary | null = null;
  /** The messages received so far. */
  #messages = 0;
  /** The run of the client that is connecting. */
  #connecting: AbortSignal | null = null;
  #backoff = new Backoff();
  #lastError: unknown;

  constructor(options: SubscriberHubOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#closing = sharedController();
    this.#backoff = new Backoff();
  }

  /** Ends every subscription, and closes the connection. */
  async stop(): Promise<void> {
    this.#running = false;
    const stopped = new NotStartedError(this.#options.subject);
    this.#closing.abort(stopped);
    for (const waiting of this.#waiting.toArray()) waiting.reject(stopped);
    for (const subscription of this.#subscriptions) subscription.finish();
    this.#subscriptions.clear();
    this.#channels.clear();
    this.#patterns.clear();
    const connection = this.#connection;
    this.#connection = null;
    this.#canary?.stop();
    await connection?.destroy();
  }

  /** Subscribes; resolves once the server has acknowledged every channel. */
  async subscribe(
    names: readonly string[],
    kind: ChannelKind,
    options: SubscribeOptions,
  ): Promise<BufferedSubscription> {
    if (!this.#running) throw new NotStartedError(this.#options.subject);
    options.signal?.throwIfAborted();
    const subscription = new BufferedSubscription({
      channels: names,
      options,
      isPattern: kind === PATTERN,
      onLeave: (leaving) => this.#leave(leaving, kind),
      onFull: (isFull) => this.#holdUp(isFull),
    });
    this.#subscriptions.add(subscription);
    const channels = names.map((name) => this.#join(name, kind, subscription));
    if (this.#connection === null) void this.#connect();
    try {
      await this.#acknowledged(channels, options.signal);
    } catch (error) {
      void subscription.unsubscribe();
      throw error;
    }
    subscription.isLive = true;
    return subscription;
  }

  #join(
    name: string,
    kind: ChannelKind,
    subscription: BufferedSubscription,
  ): Channel {
    const channels = this.#channelsOf(kind);
    let channel = channels.get(name);
    if (channel === undefined) {
      channel = new Channel(name, kind);
      channels.set(name, channel);
      if (this.#connection !== null) this.#request(channel, this.#connection);
    }
    channel.add(subscription);
    return channel;
  }

  async #leave(
    subscription: BufferedSubscription,
    kind: ChannelKind,
  ): Promise<void> {
    if (!this.#subscriptions.delete(subscription)) return;
    // What answers has to be read.
    if (subscription.isFull) this.#holdUp(false);
    const connection = this.#connection;
    const channels = this.#channelsOf(kind);
    const acks: Array<Promise<unknown>> = [];
    for (const name of subscription.channels) {
      const channel = channels.get(name);
      if (channel === undefined || !channel.delete(subscription)) continue;
      if (!channel.empty) continue;
      channels.delete(name);
      if (connection === null || connection.closed) continue;
      acks.push(this.#ask(connection, kind.leave, name));
    }
    // An end of the connection is an end of the subscription as well.
    await Promise.allSettled(acks);
    if (this.#subscriptions.size === 0) await this.#options.onIdle?.();
  }

  /**
   * Stops to read the connection, or reads on. While nothing is read nothing can
   * be said of the other end either.
   */
  #holdUp(isFull: boolean): void {
    if (isFull) {
      const channels = this.#allChannels();
      // An acknowledgement has to be read. The next message asks again.
      if (channels.some((channel) => channel.acknowledged)) return;
      this.#canary?.stop();
      this.#connection?.pause();
    } else if (this.#connection !== null) {
      this.#connection.resume();
      this.#canary?.start();
    }
  }

  /** Waits until the channels are subscribed to on the connection of the day. */
  async #acknowledged(
    channels: readonly Channel[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const waiting = new Acknowledgement(
      performance.now() + this.#options.commandTimeoutMs,
    );
    const abort = () => waiting.reject(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.add(waiting);
    try {
      await Promise.race([
        Promise.all(channels.map((channel) => channel.acknowledged)),
        waiting.promise,
      ]);
    } finally {
      signal?.removeEventListener("abort", abort);
      if (!waiting.isLate) this.#waiting.delete(waiting);
      if (this.#waiting.empty) this.#waiting.stop();
    }
  }

  #request(channel: Channel, connection: RedisConnection): void {
    this.#ask(connection, channel.kind.join, channel.name).then(
      () => {
        if (this.#connection === connection) channel.acknowledge();
      },
      (error: Error) => {
        // A lost connection asks again; a refusal is final.
        if (error instanceof ConnectionLostError) return;
        const channels = this.#channelsOf(channel.kind);
        if (channels.get(channel.name) === channel) {
          channels.delete(channel.name);
        }
        channel.refuse(error);
      },
    );
  }

  #ask(
    connection: RedisConnection,
    name: string,
    channel: string,
  ): Promise<unknown> {
    const { commandTimeoutMs } = this.#options;
    return askWithin(connection, commandTimeoutMs, name, [channel]);
  }

  async #connect(): Promise<void> {
    const { signal } = this.#closing;
    if (this.#connecting === signal) return;
    this.#connecting = signal;
    const connection = await this.#open(signal);
    if (this.#connecting === signal) this.#connecting = null;
    if (signal.aborted) void connection?.destroy();
    else if (connection !== null) this.#attach(connection);
    // Somebody may have come just after the last had given up.
    else if (this.#isWanted) void this.#connect();
  }

  /** Tries until it is open, or nothing is subscribed to any more. */
  async #open(signal: AbortSignal): Promise<RedisConnection | null> {
    while (!signal.aborted && this.#isWanted) {
      try {
        await pause(this.#backoff.next(), signal);
        return await this.#options.open(signal);
      } catch (error) {
        this.#lastError = error;
      }
    }
    return null;
  }

  #attach(connection: RedisConnection): void {
    this.#connection = connection;
    this.#backoff.connected(connection);
    connection.onMessage = (name, message, pattern) => {
      this.#messages += 1;
      if (pattern === undefined) {
        this.#channels.get(name)?.deliver({ channel: name, message });
      } else {
        const channel = this.#patterns.get(pattern);
        channel?.deliver({ channel: name, message, pattern });
      }
    };
    connection.onClose((error) => this.#onClose(connection, error));
    for (const channel of this.#allChannels()) {
      this.#request(channel, connection);
    }
    this.#canary = new Canary({
      connection,
      intervalMs: this.#options.pingIntervalMs,
      heard: () => connection.replies + this.#messages,
    });
    this.#canary.start();
  }

  #onClose(connection: RedisConnection, error: ConnectionLostError): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#canary?.stop();
    this.#backoff.lost(connection);
    this.#lastError = error.cause ?? error;
    for (const channel of this.#allChannels()) channel.lose();
    if (!this.#isWanted) return;
    const { logger, clientId, address } = this.#options;
    logger?.warn("Redis subscriber connection lost", {
      client_id: clientId,
      address: label(address),
      error: this.#lastError,
    });
    void this.#connect();
  }

  get #isWanted(): boolean {
    return this.#channels.size + this.#patterns.size > 0;
  }

  #channelsOf(kind: ChannelKind): Map<string, Channel> {
    return kind === EXACT ? this.#channels : this.#patterns;
  }

  #allChannels(): Channel[] {
    return [...this.#channels.values(), ...this.#patterns.values()];
  }

  #unacknowledged(): Error {
    const { address, commandTimeoutMs } = this.#options;
    return connectionError(
      address,
      `SUBSCRIBE was not acknowledged by Redis at ${label(address)} within ` +
        `${commandTimeoutMs} ms`,
      this.#lastError,
    );
  }
}
