// Copyright 2026 the HuleEdu authors. MIT license.

import { createHash } from "node:crypto";
import type {
  AtomicRedisClient,
  Clock,
  Lifecycle,
  PatternSubscriber,
  PubSub,
  RedisClaim,
  RedisTransaction,
  SubscribeOptions,
  SubscribeUserOptions,
  Subscription,
  TtlOptions,
  UserNotifier,
  UserSubscriber,
  UserSubscription,
} from "../protocols.ts";
import { AbortScope, sharedController } from "../redis/abort_scope.ts";
import { durationMs, positiveMs, text, texts } from "../redis/arguments.ts";
import { set as encodeSet } from "../redis/encode.ts";
import { NotStartedError, RedisCommandError } from "../redis/errors.ts";
import { fenceKey } from "../redis/fence_key.ts";
import { HeldClaim } from "../redis/held_claim.ts";
import { RedisCommands } from "../redis/redis_commands.ts";
import { runTransaction } from "../redis/run_transaction.ts";
import { Transaction } from "../redis/transaction.ts";
import type { UserHistoryOptions } from "../redis/user_history.ts";
import { systemClock } from "../reliability/system_clock.ts";
import { MemoryBlockingPops } from "./_memory_blocking_pops.ts";
import { MemoryKeyspace } from "./_memory_keyspace.ts";
import { MemoryServer } from "./_memory_server.ts";
import { MemoryPubSub } from "./memory_pubsub.ts";

/** Options of {@linkcode MemoryRedis}. */
export interface MemoryRedisOptions {
  /**
   * Names it in messages.
   *
   * @default {"memory"}
   */
  readonly clientId?: string;
  /**
   * Tells, by its monotonic time, when keys expire and waits end.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /** Keeps what each user was told last. Nothing is kept by default. */
  readonly history?: UserHistoryOptions;
}

/** What a script does, in place of its Lua. Runs as one step. */
export type MemoryScript = (
  keys: readonly string[],
  args: readonly string[],
  call: (name: string, ...args: string[]) => unknown,
) => unknown;

/**
 * A Redis in memory, for tests: the same checks, replies, errors, transactions
 * and claims as `RedisClient`, within one process. Keys expire by the clock it
 * is given.
 *
 * @example A claim that runs out
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ManualClock, MemoryRedis } from "@huleedu/service-libs/testing";
 *
 * const clock = new ManualClock();
 * await using redis = await MemoryRedis.connect({ clock });
 *
 * const first = await redis.claim("report", { ttlMs: 1_000 });
 * assertEquals(await redis.claim("report", { ttlMs: 1_000 }), null);
 * await clock.advance(1_000);
 * const second = await redis.claim("report", { ttlMs: 1_000 });
 * assertEquals([first?.fence, second?.fence], [1, 2]);
 * assertEquals(await first?.release(), false);
 * ```
 */
export class MemoryRedis extends RedisCommands
  implements
    AtomicRedisClient,
    PubSub,
    PatternSubscriber,
    UserNotifier,
    UserSubscriber,
    Lifecycle {
  readonly #server: MemoryServer;
  readonly #pops: MemoryBlockingPops;
  readonly #pubsub: MemoryPubSub;
  readonly #loaded = new Set<string>();
  readonly #scripts = new Map<string, MemoryScript>();
  #stopping = sharedController();
  readonly #subject: string;

  /**
   * Makes an empty Redis that is not started.
   *
   * @param options Its name and clock.
   */
  constructor(options: MemoryRedisOptions = {}) {
    const { clientId = "memory", clock = systemClock } = options;
    const subject = `MemoryRedis "${clientId}"`;
    const keys = new MemoryKeyspace(() => clock.monotonic());
    const server = new MemoryServer(subject, keys, () => pops.serve());
    const pops = new MemoryBlockingPops(clock, (names) => {
      for (const name of names) {
        const value = server.call("LPOP", [name]);
        if (value !== null) return [name, value as string];
      }
      return null;
    });
    super(server);
    this.#server = server;
    this.#pops = pops;
    this.#subject = subject;
    this.#pubsub = new MemoryPubSub(options);
  }

  /**
   * Makes an empty Redis and starts it.
   *
   * @param options As for the constructor.
   * @returns The started object.
   */
  static async connect(options: MemoryRedisOptions = {}): Promise<MemoryRedis> {
    const redis = new MemoryRedis(options);
    await redis.start();
    return redis;
  }

  /** Publish and subscribe, started and stopped with this. */
  get pubsub(): MemoryPubSub {
    return this.#pubsub;
  }

  /** Starts it. Twice is one start. */
  async start(): Promise<void> {
    if (this.#server.running) return;
    this.#server.running = true;
    this.#stopping = sharedController();
    await this.#pubsub.start();
  }

  /** Ends waits and subscriptions. The keys are kept for the next start. */
  async stop(): Promise<void> {
    this.#server.running = false;
    this.#stopping.abort(new NotStartedError(this.#subject));
    await this.#pubsub.stop();
  }

  /** The same as `stop()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Takes the first value of the first non-empty list, waiting for one.
   *
   * @param keys The lists, in order of preference.
   * @param timeoutMs How long to wait; 0 waits for ever.
   * @param options An abort signal.
   * @returns The list and its value, or `null` when the time was up.
   */
  async blpop(
    keys: readonly string[],
    timeoutMs = 0,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<[key: string, value: string] | null> {
    texts("keys", keys);
    durationMs("timeoutMs", timeoutMs);
    this.#server.checkRunning();
    using scope = new AbortScope([signal, this.#stopping.signal]);
    return await this.#pops.pop(keys, timeoutMs, scope);
  }

  /**
   * Says what a script does. It is found by its body, whether that is
   * registered before or after.
   *
   * @param body The Lua, as it is given to `registerScript`.
   * @param script What it does; `call` runs a command.
   * @returns The digest of the body.
   */
  defineScript(body: string, script: MemoryScript): string {
    const sha = sha1(body);
    this.#scripts.set(sha, script);
    return sha;
  }

  /**
   * Remembers a script. The Lua itself is not checked.
   *
   * @param body The script.
   * @returns Its SHA-1 digest in hex.
   */
  async registerScript(body: string): Promise<string> {
    this.#server.checkRunning();
    const sha = sha1(text("body", body));
    this.#loaded.add(sha);
    return await sha;
  }

  /**
   * Runs a registered script.
   *
   * @param sha The digest that `registerScript` gave.
   * @param keys The keys it works on.
   * @param args Its other arguments.
   * @returns What the function given to `defineScript` returns.
   * @throws {RedisCommandError} If the script was never registered.
   * @throws {TypeError} If it is not said what the script does.
   */
  async executeScript(
    sha: string,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    this.#server.checkRunning();
    const script = this.#scripts.get(text("sha", sha));
    if (!this.#loaded.has(sha)) {
      const answer = "NOSCRIPT No matching script. Please use EVAL.";
      throw new RedisCommandError("EVALSHA", answer);
    }
    if (script === undefined) {
      throw new TypeError(
        "MemoryRedis runs no Lua: say what the script does by defineScript()",
      );
    }
    const call = (name: string, ...rest: string[]) =>
      this.#server.call(name.toUpperCase(), rest);
    return await this.#server.apply(() => script(keys, args, call));
  }

  /** Replaces a value that is still `expected`; whether it was replaced. */
  async compareAndSet(
    key: string,
    expected: string,
    value: string,
    options?: TtlOptions,
  ): Promise<boolean> {
    const { name, args } = encodeSet(key, value, options);
    return await this.#compare(key, expected, name, args);
  }

  /** Deletes a key whose value is still `expected`; whether it was deleted. */
  async compareAndDelete(key: string, expected: string): Promise<boolean> {
    return await this.#compare(key, expected, "DEL", [key]);
  }

  /** Gives a key whose value is still `expected` a time to live. */
  async compareAndExpire(
    key: string,
    expected: string,
    ttlMs: number,
  ): Promise<boolean> {
    const args = [key, String(positiveMs("ttlMs", ttlMs))];
    return await this.#compare(key, expected, "PEXPIRE", args);
  }

  /**
   * Claims a key for `ttlMs`.
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
    const ttlMs = String(positiveMs("ttlMs", options?.ttlMs));
    const fence = await this.#server.apply(() => {
      if (this.#server.call("GET", [text("key", key)]) !== null) return null;
      this.#server.call("SET", [key, token, "PX", ttlMs]);
      return this.#server.call("INCR", [fenceKey(key)]) as number;
    });
    if (fence === null) return null;
    return new HeldClaim({ key, token, fence, client: this });
  }

  /**
   * Begins a transaction that fails when one of the keys changes.
   *
   * @param keys The keys to watch.
   * @returns The transaction.
   */
  watch(...keys: string[]): Promise<RedisTransaction> {
    return this.#begin(keys);
  }

  /** Begins a transaction that watches nothing. */
  multi(): RedisTransaction {
    return new Transaction(this.#server.begin([])).multi();
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
   */
  transaction(
    keys: readonly string[],
    fn: (tx: RedisTransaction) => Promise<void>,
    options: { readonly maxAttempts?: number } = {},
  ): Promise<unknown[]> {
    return runTransaction({
      begin: () => this.#begin(keys),
      fn,
      maxAttempts: options.maxAttempts ?? 16,
      // Nothing runs elsewhere meanwhile, so that there is nothing to wait for.
      wait: () => Promise.resolve(),
    });
  }

  /** Publishes a message; how many subscribers received it. */
  publish(channel: string, message: string): Promise<number> {
    return this.#pubsub.publish(channel, message);
  }

  /** Subscribes to channels. */
  subscribe(
    channels: string | readonly string[],
    options?: SubscribeOptions,
  ): Promise<Subscription> {
    return this.#pubsub.subscribe(channels, options);
  }

  /** Subscribes by glob. */
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

  #compare(
    key: string,
    expected: string,
    name: string,
    args: readonly string[],
  ): boolean {
    text("key", key);
    text("expected", expected);
    return this.#server.apply(() => {
      if (this.#server.call("GET", [key]) !== expected) return false;
      this.#server.call(name, args);
      return true;
    });
  }

  async #begin(keys: readonly string[]): Promise<Transaction> {
    texts("keys", keys);
    this.#server.checkRunning();
    return await new Transaction(this.#server.begin(keys));
  }
}

function sha1(body: string): string {
  return createHash("sha1").update(body).digest("hex");
}
