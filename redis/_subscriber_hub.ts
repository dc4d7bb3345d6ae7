// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger, SubscribeOptions } from "../protocols.ts";
import { askWithin } from "./_ask_within.ts";
import { Backoff } from "./_backoff.ts";
import { Channel } from "./_channel.ts";
import { ConnectionLostError } from "./_connection.ts";
import type { OpenConnection, RedisConnection } from "./_connection.ts";
import { Deferred } from "./_deferred.ts";
import { connectionError, label } from "./_open_connection.ts";
import { pause } from "./_pause.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { AbortScope, sharedController } from "./abort_scope.ts";
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
}

/**
 * All subscriptions of a client, on one connection that is opened when the
 * first of them needs it. What is wanted is kept here and not in the
 * connection, so that a new connection is given all of it.
 */
export class SubscriberHub {
  readonly #options: SubscriberHubOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #subscriptions = new Set<BufferedSubscription>();
  #running = false;
  #closing = sharedController();
  #connection: RedisConnection | null = null;
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
    this.#closing.abort(new NotStartedError(this.#options.subject));
    for (const subscription of this.#subscriptions) subscription.finish();
    this.#subscriptions.clear();
    this.#channels.clear();
    const connection = this.#connection;
    this.#connection = null;
    await connection?.destroy();
  }

  /** Subscribes; resolves once the server has acknowledged every channel. */
  async subscribe(
    names: readonly string[],
    options: SubscribeOptions,
  ): Promise<BufferedSubscription> {
    if (!this.#running) throw new NotStartedError(this.#options.subject);
    options.signal?.throwIfAborted();
    const subscription = new BufferedSubscription({
      channels: names,
      options,
      onLeave: (leaving) => this.#leave(leaving),
    });
    this.#subscriptions.add(subscription);
    const channels = names.map((name) => this.#join(name, subscription));
    if (this.#connection === null) void this.#connect();
    try {
      await this.#acknowledged(channels, options.signal);
    } catch (error) {
      void subscription.unsubscribe();
      throw error;
    }
    for (const channel of channels) channel.live(subscription);
    return subscription;
  }

  #join(name: string, subscription: BufferedSubscription): Channel {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = new Channel(name);
      this.#channels.set(name, channel);
      if (this.#connection !== null) this.#request(channel, this.#connection);
    }
    channel.add(subscription);
    return channel;
  }

  async #leave(subscription: BufferedSubscription): Promise<void> {
    this.#subscriptions.delete(subscription);
    const connection = this.#connection;
    const acks: Array<Promise<unknown>> = [];
    for (const name of subscription.channels) {
      const channel = this.#channels.get(name);
      if (channel === undefined || !channel.delete(subscription)) continue;
      if (!channel.empty) continue;
      this.#channels.delete(name);
      if (connection === null || connection.closed) continue;
      acks.push(this.#ask(connection, "unsubscribe", name));
    }
    // An end of the connection is an end of the subscription as well.
    await Promise.allSettled(acks);
  }

  /** Waits until the channels are subscribed to on the connection of the day. */
  async #acknowledged(
    channels: readonly Channel[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { commandTimeoutMs } = this.#options;
    const failed = new Deferred<never>();
    using scope = new AbortScope([signal, this.#closing.signal], {
      ms: commandTimeoutMs,
      reason: () => this.#unacknowledged(),
    });
    const end = scope.signal;
    end.addEventListener("abort", () => failed.reject(end.reason));
    await Promise.race([
      Promise.all(channels.map((channel) => channel.acknowledged)),
      failed.promise,
    ]);
  }

  #request(channel: Channel, connection: RedisConnection): void {
    this.#ask(connection, "subscribe", channel.name).then(
      () => {
        if (this.#connection === connection) channel.acknowledge();
      },
      (error: Error) => {
        // A lost connection asks again; a refusal is final.
        if (error instanceof ConnectionLostError) return;
        if (this.#channels.get(channel.name) === channel) {
          this.#channels.delete(channel.name);
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
    else if (this.#channels.size > 0) void this.#connect();
  }

  /** Tries until it is open, or nothing is subscribed to any more. */
  async #open(signal: AbortSignal): Promise<RedisConnection | null> {
    while (!signal.aborted && this.#channels.size > 0) {
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
    connection.onMessage((name, message) => {
      this.#channels.get(name)?.deliver({ channel: name, message });
    });
    connection.onClose((error) => this.#onClose(connection, error));
    for (const channel of this.#channels.values()) {
      this.#request(channel, connection);
    }
  }

  #onClose(connection: RedisConnection, error: ConnectionLostError): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#backoff.lost(connection);
    this.#lastError = error.cause ?? error;
    for (const channel of this.#channels.values()) channel.lose();
    if (this.#channels.size === 0) return;
    const { logger, clientId, address } = this.#options;
    logger?.warn("Redis subscriber connection lost", {
      client_id: clientId,
      address: label(address),
      error: this.#lastError,
    });
    void this.#connect();
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
