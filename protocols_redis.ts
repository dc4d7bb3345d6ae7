// Copyright 2026 the HuleEdu authors. MIT license.

// The Redis ports, kept apart for length. `protocols.ts` is where they are
// imported from.

import type { SubscribeOptions, Subscription } from "./protocols.ts";

/** Options of {@linkcode AtomicRedisClient.scanPattern}. */
export interface ScanOptions {
  /**
   * How many keys the server looks at in one step.
   *
   * @default {100}
   */
  readonly count?: number;
}

/** Options of commands that may give a key a time to live. */
export interface TtlOptions {
  /** Milliseconds until the key expires; it lives for ever by default. */
  readonly ttlMs?: number;
}

/** A key held by this caller alone, until it is released or its time is up. */
export interface RedisClaim {
  /** The key. */
  readonly key: string;
  /** Names this holder; unique. */
  readonly token: string;
  /** Grows with each claim of the key, so that a sink can refuse stale holders. */
  readonly fence: number;
  /** Gives the claim `ms` more milliseconds from now; `false` when it is lost. */
  extend(ms: number): Promise<boolean>;
  /** Releases the key; `false` when it is not ours any more. Idempotent. */
  release(): Promise<boolean>;
  /** The same as `release()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A transaction on a connection of its own. Reads answer at once and come
 * before `multi()`; writes are queued and come after it. `exec()` applies all
 * of them, or none when a watched key has changed.
 */
export interface RedisTransaction {
  /** Reads a text value. */
  get(key: string): Promise<string | null>;
  /** Reads a field of a hash. */
  hget(key: string, field: string): Promise<string | null>;
  /** Reads a whole hash. */
  hgetall(key: string): Promise<Record<string, string>>;
  /** Reads a set. */
  smembers(key: string): Promise<Set<string>>;
  /** Whether a key exists. */
  exists(key: string): Promise<boolean>;
  /** Ends the reads and opens the queue. */
  multi(): this;
  /** Queues a SET. */
  set(key: string, value: string, options?: TtlOptions): this;
  /** Queues a SET with a time to live. */
  setex(key: string, ttlMs: number, value: string): this;
  /** Queues a DEL. */
  delete(...keys: string[]): this;
  /** Queues an INCR. */
  incr(key: string): this;
  /** Queues a PEXPIRE. */
  expire(key: string, ttlMs: number): this;
  /** Queues an HSET. */
  hset(key: string, field: string, value: string): this;
  /** Queues an HDEL. */
  hdel(key: string, ...fields: string[]): this;
  /** Queues a SADD. */
  sadd(key: string, ...members: string[]): this;
  /** Queues a SREM. */
  srem(key: string, ...members: string[]): this;
  /** Queues a ZADD. */
  zadd(key: string, members: Readonly<Record<string, number>>): this;
  /** Queues a ZREM. */
  zrem(key: string, ...members: string[]): this;
  /** Queues an LPUSH. */
  lpush(key: string, ...values: string[]): this;
  /** Queues an RPUSH. */
  rpush(key: string, ...values: string[]): this;
  /**
   * Applies the queue.
   *
   * @returns One result a queued command, or `null` when a watched key changed.
   */
  exec(): Promise<unknown[] | null>;
  /** Forgets the watched keys and the queue. */
  unwatch(): Promise<void>;
  /** Gives the connection back; whatever is queued is forgotten. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Redis as the services use it. Durations are milliseconds. Every method
 * rejects with `NotStartedError` before `start()` and after `stop()`, and an
 * empty list of keys, members or values is refused before the wire.
 */
export interface AtomicRedisClient {
  /** Sets the key when it does not exist; `true` when it was set. */
  setIfNotExists(
    key: string,
    value: string,
    options?: TtlOptions,
  ): Promise<boolean>;
  /** Reads a text value. */
  get(key: string): Promise<string | null>;
  /** Sets a text value. */
  set(key: string, value: string, options?: TtlOptions): Promise<void>;
  /** Sets a text value that expires. */
  setex(key: string, ttlMs: number, value: string): Promise<void>;
  /** Adds one to a number; the new value. */
  incr(key: string): Promise<number>;
  /** Deletes one key; how many were there, 0 or 1. */
  deleteKey(key: string): Promise<number>;
  /** Deletes keys; how many were there. */
  delete(...keys: string[]): Promise<number>;
  /** Whether the key exists. */
  exists(key: string): Promise<boolean>;
  /** Gives a key a time to live; `false` when there is no such key. */
  expire(key: string, ttlMs: number): Promise<boolean>;
  /** Milliseconds left; -1 when the key does not expire, -2 when it is not there. */
  ttl(key: string): Promise<number>;
  /** Adds members to a set; how many were new. */
  sadd(key: string, ...members: string[]): Promise<number>;
  /** Removes members of a set; how many were there. */
  srem(key: string, ...members: string[]): Promise<number>;
  /** The size of a set. */
  scard(key: string): Promise<number>;
  /** The members of a set. */
  smembers(key: string): Promise<Set<string>>;
  /** Removes and returns some member of a set. */
  spop(key: string): Promise<string | null>;
  /** Sets the scores of members; how many were new. */
  zadd(key: string, members: Readonly<Record<string, number>>): Promise<number>;
  /** Removes members of a sorted set; how many were there. */
  zrem(key: string, ...members: string[]): Promise<number>;
  /** The size of a sorted set. */
  zcard(key: string): Promise<number>;
  /** Members from rank `start` to `stop`, both included, lowest score first. */
  zrange(key: string, start: number, stop: number): Promise<string[]>;
  /** The same with scores. */
  zrangeWithScores(
    key: string,
    start: number,
    stop: number,
  ): Promise<Array<[member: string, score: number]>>;
  /** Sets a field of a hash; 1 when it is new, 0 when it was replaced. */
  hset(key: string, field: string, value: string): Promise<number>;
  /** Reads a field of a hash. */
  hget(key: string, field: string): Promise<string | null>;
  /** Reads fields of a hash, in the order asked for. */
  hmget(key: string, ...fields: string[]): Promise<Array<string | null>>;
  /** Removes fields of a hash; how many were there. */
  hdel(key: string, ...fields: string[]): Promise<number>;
  /** How many fields a hash has. */
  hlen(key: string): Promise<number>;
  /** The fields of a hash. */
  hkeys(key: string): Promise<string[]>;
  /** A whole hash, as an object without a prototype. */
  hgetall(key: string): Promise<Record<string, string>>;
  /** Whether a hash has the field. */
  hexists(key: string, field: string): Promise<boolean>;
  /** Appends to a list; its new length. */
  rpush(key: string, ...values: string[]): Promise<number>;
  /** Prepends to a list; its new length. */
  lpush(key: string, ...values: string[]): Promise<number>;
  /** The values from index `start` to `stop`, both included. */
  lrange(key: string, start: number, stop: number): Promise<string[]>;
  /** The length of a list. */
  llen(key: string): Promise<number>;
  /**
   * Takes the first value of the first non-empty list, waiting for one.
   *
   * @param keys The lists, in order of preference.
   * @param timeoutMs How long to wait; 0 waits for ever.
   */
  blpop(
    keys: readonly string[],
    timeoutMs?: number,
    options?: { readonly signal?: AbortSignal },
  ): Promise<[key: string, value: string] | null>;
  /** Whether the server answers. Never rejects once started. */
  ping(): Promise<boolean>;
  /** Loads a Lua script; its SHA-1 digest in hex. */
  registerScript(body: string): Promise<string>;
  /** Runs a registered script, loading it again where the server forgot it. */
  executeScript(
    sha: string,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown>;
  /** The keys that match a glob, each once. */
  scanPattern(pattern: string, options?: ScanOptions): AsyncIterable<string>;
  /** Replaces a value that is still `expected`; whether it was replaced. */
  compareAndSet(
    key: string,
    expected: string,
    value: string,
    options?: TtlOptions,
  ): Promise<boolean>;
  /** Deletes a key whose value is still `expected`; whether it was deleted. */
  compareAndDelete(key: string, expected: string): Promise<boolean>;
  /** Gives a key whose value is still `expected` a time to live. */
  compareAndExpire(
    key: string,
    expected: string,
    ttlMs: number,
  ): Promise<boolean>;
  /** Claims a key for `ttlMs`; `null` when another holds it. */
  claim(
    key: string,
    options: { readonly ttlMs: number },
  ): Promise<RedisClaim | null>;
  /** Begins a transaction that fails when one of the keys changes. */
  watch(...keys: string[]): Promise<RedisTransaction>;
  /** Begins a transaction that watches nothing. */
  multi(): RedisTransaction;
  /**
   * Watches `keys`, lets `fn` read and queue, and executes; begins again when a
   * watched key changed.
   *
   * @param keys The keys to watch.
   * @param fn Reads with the transaction, calls `multi()`, and queues.
   * @param options `maxAttempts`, 16 by default.
   * @returns The results of the queued commands.
   */
  transaction(
    keys: readonly string[],
    fn: (tx: RedisTransaction) => Promise<void>,
    options?: { readonly maxAttempts?: number },
  ): Promise<unknown[]>;
}

/** Subscribes by glob. */
export interface PatternSubscriber {
  /**
   * Subscribes to every channel that matches; resolves once the server has
   * acknowledged. A message is received once for each pattern that matches, and
   * names it.
   *
   * @param patterns One pattern, or several: `*`, `?`, `[a-c]`, `[^x]`, `\`.
   */
  subscribePattern(
    patterns: string | readonly string[],
    options?: SubscribeOptions,
  ): Promise<Subscription>;
}

/** Options of {@linkcode UserSubscriber.subscribeUser}. */
export interface SubscribeUserOptions extends SubscribeOptions {
  /**
   * The last id that the user's page has seen. What came after it is received
   * first. None or an empty one: only what comes from now on.
   */
  readonly lastEventId?: string;
}

/** A subscription to what one user is told. */
export interface UserSubscription extends Subscription {
  /**
   * The id of what was received last, or where the subscription began; empty
   * where no history is kept.
   */
  readonly lastEventId: string;
}

/** Subscribes to what a user is told, from where that user's page left off. */
export interface UserSubscriber {
  /** Subscribes; resolves once the server has acknowledged. */
  subscribeUser(
    userId: string,
    options?: SubscribeUserOptions,
  ): Promise<UserSubscription>;
}
