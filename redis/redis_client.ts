// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  AtomicRedisClient,
  Lifecycle,
  PatternSubscriber,
  PubSub,
  RedisClaim,
  RedisTransaction,
  ScanOptions,
  StopOptions,
  SubscribeOptions,
  SubscribeUserOptions,
  Subscription,
  TtlOptions,
  UserNotifier,
  UserSubscriber,
  UserSubscription,
} from "../protocols.ts";
import { positiveMs, text } from "./arguments.ts";
import { readOptions, stopTimeout } from "./_client_options.ts";
import { lendParts } from "./_client_parts.ts";
import { createPops, type Pops } from "./_create_pops.ts";
import { CompareAndSets } from "./_compare_and_sets.ts";
import { createLink } from "./_create_link.ts";
import { LifecycleGate } from "./_lifecycle_gate.ts";
import type { Link } from "./_link.ts";
import { ScriptRegistry } from "./_script_registry.ts";
import type { Script } from "./_script.ts";
import * as scripts from "./_scripts.ts";
import { setIfNotExists } from "./_set_if_not_exists.ts";
import { Transactions } from "./_transactions.ts";
import type { RedisConnectionOptions } from "./connection_options.ts";
import * as encode from "./encode.ts";
import { fenceKey } from "./fence_key.ts";
import { HeldClaim } from "./held_claim.ts";
import type { PubSubSettings } from "./pubsub_settings.ts";
import { RedisCommands } from "./redis_commands.ts";
import { RedisPubSub } from "./redis_pubsub.ts";

/** Options of {@linkcode RedisClient}. */
export interface RedisClientOptions
  extends RedisConnectionOptions, PubSubSettings {}

/**
 * A Redis client that says what happened. No command is silently sent twice:
 * when a reply is lost, a command whose second run could not be told from one
 * is sent again, and any other rejects with `OutcomeUnknownError`. Every call
 * settles within `commandTimeoutMs`, whatever becomes of the socket. Commands
 * issued in one turn of the event loop leave in one write, or a few where they
 * are many.
 *
 * @example
 * ```ts ignore
 * import { RedisClient } from "@huleedu/service-libs/redis";
 *
 * await using redis = await RedisClient.connect({
 *   clientId: "essays",
 *   url: "redis://localhost:6379",
 * });
 * if (await redis.setIfNotExists("essay:1:seen", "1", { ttlMs: 60_000 })) {
 *   await redis.publishUserNotification("u1", "essay_created", { id: 1 });
 * }
 * ```
 */
export class RedisClient extends RedisCommands
  implements
    AtomicRedisClient,
    PubSub,
    PatternSubscriber,
    UserNotifier,
    UserSubscriber,
    Lifecycle {
  readonly #gate = new LifecycleGate();
  readonly #link: Link;
  readonly #transactions: Transactions;
  readonly #pops: Pops;
  readonly #scripts: ScriptRegistry;
  readonly #sets: CompareAndSets;
  readonly #pubsub: RedisPubSub;

  /**
   * Does no I/O.
   *
   * @param options The server, and limits.
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(options: RedisClientOptions) {
    const settings = readOptions("RedisClient", options);
    const link = createLink(settings);
    super(link);
    this.#link = link;
    const { telemetry } = link;
    this.#transactions = new Transactions({ ...settings, telemetry });
    this.#pops = createPops(settings, link);
    this.#scripts = new ScriptRegistry(link);
    this.#sets = new CompareAndSets(link);
    lendParts(this, { settings, link });
    this.#pubsub = new RedisPubSub({ ...options, client: this });
  }

  /**
   * Creates a client and starts it.
   *
   * @param options As for the constructor.
   * @returns The started client.
   * @throws {RedisConnectionError} If the server does not answer in time.
   */
  static async connect(options: RedisClientOptions): Promise<RedisClient> {
    const client = new RedisClient(options);
    await client.start();
    return client;
  }

  /** Publish and subscribe, started and stopped with the client. */
  get pubsub(): RedisPubSub {
    return this.#pubsub;
  }

  /**
   * Connects. Twice is one start.
   *
   * @throws {RedisConnectionError} If the server does not answer in time.
   */
  start(): Promise<void> {
    return this.#gate.start(async () => {
      await this.#link.start();
      this.#transactions.start();
      this.#pops.start();
      await this.#pubsub.start();
    });
  }

  /**
   * Lets what is in flight come to its end, ends waits and subscriptions, and
   * closes the connections.
   *
   * @param options How long commands in flight may take.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const timeoutMs = stopTimeout(options.timeoutMs);
    await this.#gate.stop(async () => {
      this.#sets.flush();
      await Promise.all([
        this.#pubsub.stop(options),
        this.#transactions.stop(timeoutMs),
        // Calls its waits back over the link.
        this.#pops.stop().then(() => this.#link.stop(timeoutMs)),
      ]);
    });
  }

  /** The same as `stop()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Sets the key when it does not exist. Never says "already there" of its own
   * write: when the reply is lost, it looks.
   *
   * @param key The key.
   * @param value The value; one that nobody else writes can always be told.
   * @param options The time to live.
   * @returns Whether it was set.
   * @throws {OutcomeUnknownError} If the reply was lost and the key holds just
   * this value, which may be another writer's, or could not be read in time.
   */
  override setIfNotExists(
    key: string,
    value: string,
    options?: TtlOptions,
  ): Promise<boolean> {
    // One promise less than an async function: this is called for each event.
    try {
      const command = encode.setIfNotExists(key, value, options);
      return setIfNotExists(this.#link, command);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Takes the first value of the first non-empty list, waiting for one on a
   * connection of its own. A value that was taken out before an abort took
   * effect is still returned.
   *
   * @param keys The lists, in order of preference.
   * @param timeoutMs How long to wait; 0 waits for ever.
   * @param options An abort signal.
   * @returns The list and its value, or `null` when the time was up.
   * @throws {OutcomeUnknownError} If the connection broke: a value may be lost.
   * @throws {CrossSlotError} If the keys are in several slots of a cluster.
   */
  async blpop(
    keys: readonly string[],
    timeoutMs = 0,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<[key: string, value: string] | null> {
    const pop = () => this.#pops.pop(keys, timeoutMs, options?.signal);
    const { telemetry } = this.#link;
    return await (telemetry?.observe({ name: "BLPOP" }, pop) ?? pop());
  }

  /**
   * Loads a Lua script.
   *
   * @param body The script.
   * @returns Its SHA-1 digest in hex.
   */
  registerScript(body: string): Promise<string> {
    return this.#scripts.register(body);
  }

  /**
   * Runs a registered script, loading it again where the server forgot it.
   *
   * @param sha The digest that `registerScript` gave.
   * @param keys The keys it works on.
   * @param args Its other arguments.
   * @returns The reply.
   * @throws {CrossSlotError} If the keys are in several slots of a cluster.
   */
  executeScript(
    sha: string,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    return this.#scripts.execute(sha, keys, args);
  }

  /**
   * The keys that match a glob, each once, on all masters of a cluster. A key that
   * is there from the first step to the last is found, also when a connection
   * breaks or a slot moves in between.
   *
   * @param pattern `*`, `?`, `[a-c]` and `\` as in Redis.
   * @param options How many keys a server looks at in one step.
   */
  override scanPattern(
    pattern: string,
    options?: ScanOptions,
  ): AsyncIterable<string> {
    const keys = super.scanPattern(pattern, options);
    return this.#link.scan?.(pattern, options?.count ?? 100) ?? keys;
  }

  /** Replaces a value that is still `expected`; whether it was replaced. */
  async compareAndSet(
    key: string,
    expected: string,
    value: string,
    options?: TtlOptions,
  ): Promise<boolean> {
    return await this.#sets.set(
      text("key", key),
      text("expected", expected),
      text("value", value),
      ttlOf(options),
    );
  }

  /** Deletes a key whose value is still `expected`; whether it was deleted. */
  async compareAndDelete(key: string, expected: string): Promise<boolean> {
    const args = [text("expected", expected)];
    return await this.#compare(scripts.COMPARE_AND_DELETE, key, args);
  }

  /** Gives a key whose value is still `expected` a time to live. */
  async compareAndExpire(
    key: string,
    expected: string,
    ttlMs: number,
  ): Promise<boolean> {
    const args = [
      text("expected", expected),
      String(positiveMs("ttlMs", ttlMs)),
    ];
    return await this.#compare(scripts.COMPARE_AND_EXPIRE, key, args);
  }

  /**
   * Claims a key. A reply that was lost is asked for again: the claim is ours
   * if and only if the key holds our token. The fence is counted in
   * `{key}:fence`, which does not expire.
   *
   * @param key The key.
   * @param options How long the claim lasts unless it is extended.
   * @returns The claim, or `null` when another holds the key.
   */
  async claim(
    key: string,
    options: { readonly ttlMs: number },
  ): Promise<RedisClaim | null> {
    const token = crypto.randomUUID();
    const fence = await scripts.CLAIM.run<number | null>(
      this.#link,
      [text("key", key), fenceKey(key)],
      [token, String(positiveMs("ttlMs", options?.ttlMs))],
    );
    if (fence === null) return null;
    return new HeldClaim({ key, token, fence, client: this });
  }

  /**
   * Begins a transaction that fails when one of the keys changes.
   *
   * @param keys The keys to watch.
   * @returns The transaction, on a connection of its own.
   * @throws {CrossSlotError} If the keys are in several slots of a cluster.
   */
  watch(...keys: string[]): Promise<RedisTransaction> {
    return this.#transactions.watch(keys);
  }

  /** Begins a transaction that watches nothing. */
  multi(): RedisTransaction {
    return this.#transactions.multi();
  }

  /**
   * Watches `keys`, lets `fn` read and queue, and executes; begins again when a
   * watched key changed.
   *
   * @param keys The keys to watch.
   * @param fn Reads with the transaction, calls `multi()`, and queues.
   * @param options `maxAttempts`, 16 by default.
   * @returns The results of the queued commands; none when `fn` queued nothing.
   * @throws {TransactionConflictError} If every attempt met a change.
   * @throws {CrossSlotError} If the keys are in several slots of a cluster.
   */
  transaction(
    keys: readonly string[],
    fn: (tx: RedisTransaction) => Promise<void>,
    options: { readonly maxAttempts?: number } = {},
  ): Promise<unknown[]> {
    return this.#transactions.run(keys, fn, options.maxAttempts ?? 16);
  }

  /** Publishes a message; how many subscribers received it. */
  publish(channel: string, message: string): Promise<number> {
    return this.#pubsub.publish(channel, message);
  }

  /** Subscribes; resolves once the server has acknowledged. */
  subscribe(
    channels: string | readonly string[],
    options?: SubscribeOptions,
  ): Promise<Subscription> {
    return this.#pubsub.subscribe(channels, options);
  }

  /** Subscribes by glob; resolves once the server has acknowledged. */
  subscribePattern(
    patterns: string | readonly string[],
    options?: SubscribeOptions,
  ): Promise<Subscription> {
    return this.#pubsub.subscribePattern(patterns, options);
  }

  /** The channel of a user: `ws:{userId}`. */
  getUserChannel(userId: string): string {
    return this.#pubsub.getUserChannel(userId);
  }

  /** Subscribes to what a user is told, from an id on. */
  subscribeUser(
    userId: string,
    options?: SubscribeUserOptions,
  ): Promise<UserSubscription> {
    return this.#pubsub.subscribeUser(userId, options);
  }

  /** Publishes `{"event": …, "data": …}` on the user's channel. */
  publishUserNotification(
    userId: string,
    eventType: string,
    data: unknown,
  ): Promise<number> {
    return this.#pubsub.publishUserNotification(userId, eventType, data);
  }

  async #compare(
    script: Script,
    key: string,
    args: readonly string[],
  ): Promise<boolean> {
    return await script.run(this.#link, [text("key", key)], args) === 1;
  }
}

function ttlOf(options?: TtlOptions): number | undefined {
  const ttlMs = options?.ttlMs;
  return ttlMs === undefined ? undefined : positiveMs("ttlMs", ttlMs);
}
