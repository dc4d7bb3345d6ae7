// Copyright 2026 the HuleEdu authors. MIT license.

import type { ScanOptions, TtlOptions } from "../protocols.ts";
import { integer, positiveInteger, text } from "./arguments.ts";
import { asBoolean, asHash, asScores } from "./_decode.ts";
import * as encode from "./encode.ts";
import { scanKeys } from "./_scan_keys.ts";
import { NotStartedError } from "./errors.ts";
import type { WireExecutor } from "./wire_command.ts";

/**
 * The plain commands of {@linkcode AtomicRedisClient}: what they check before
 * the wire, and what they make of a reply. `RedisClient` runs them on a server
 * and `MemoryRedis` on a map, so the two cannot differ here.
 *
 * Every method rejects with a `TypeError` or a `RangeError` for an argument of
 * the wrong kind, and with what its executor rejects with.
 */
export abstract class RedisCommands {
  readonly #executor: WireExecutor;

  /**
   * Makes the commands.
   *
   * @param executor What runs them.
   */
  constructor(executor: WireExecutor) {
    this.#executor = executor;
  }

  /** Sets the key when it does not exist; `true` when it was set. */
  async setIfNotExists(
    key: string,
    value: string,
    options?: TtlOptions,
  ): Promise<boolean> {
    const command = encode.setIfNotExists(key, value, options);
    return await this.#executor.run(command) === "OK";
  }

  /** Reads a text value. */
  async get(key: string): Promise<string | null> {
    return await this.#executor.run<string | null>(
      encode.onKey("read", "GET", key),
    );
  }

  /** Sets a text value. */
  async set(key: string, value: string, options?: TtlOptions): Promise<void> {
    await this.#executor.run(encode.set(key, value, options));
  }

  /** Sets a text value that expires. */
  async setex(key: string, ttlMs: number, value: string): Promise<void> {
    await this.#executor.run(encode.setex(key, ttlMs, value));
  }

  /** Adds one to a number; the new value. */
  async incr(key: string): Promise<number> {
    return await this.#executor.run<number>(encode.onKey("once", "INCR", key));
  }

  /** Deletes one key; how many were there, 0 or 1. */
  async deleteKey(key: string): Promise<number> {
    return await this.#executor.run<number>(encode.del([text("key", key)]));
  }

  /** Deletes keys; how many were there. */
  async delete(...keys: string[]): Promise<number> {
    return await this.#executor.run<number>(encode.del(keys));
  }

  /** Whether the key exists. */
  async exists(key: string): Promise<boolean> {
    const command = encode.onKey("read", "EXISTS", key);
    return asBoolean(await this.#executor.run(command));
  }

  /** Gives a key a time to live; `false` when there is no such key. */
  async expire(key: string, ttlMs: number): Promise<boolean> {
    return asBoolean(await this.#executor.run(encode.expire(key, ttlMs)));
  }

  /** Milliseconds left; -1 when the key does not expire, -2 when it is not there. */
  async ttl(key: string): Promise<number> {
    return await this.#executor.run<number>(encode.onKey("read", "PTTL", key));
  }

  /** Adds members to a set; how many were new. */
  async sadd(key: string, ...members: string[]): Promise<number> {
    return await this.#executor.run<number>(
      encode.onList("once", "SADD", key, "members", members),
    );
  }

  /** Removes members of a set; how many were there. */
  async srem(key: string, ...members: string[]): Promise<number> {
    return await this.#executor.run<number>(
      encode.onList("once", "SREM", key, "members", members),
    );
  }

  /** The size of a set. */
  async scard(key: string): Promise<number> {
    return await this.#executor.run<number>(encode.onKey("read", "SCARD", key));
  }

  /** The members of a set. */
  async smembers(key: string): Promise<Set<string>> {
    return new Set(
      await this.#executor.run<string[]>(encode.onKey("read", "SMEMBERS", key)),
    );
  }

  /** Removes and returns some member of a set. */
  async spop(key: string): Promise<string | null> {
    return await this.#executor.run<string | null>(
      encode.onKey("once", "SPOP", key),
    );
  }

  /** Sets the scores of members; how many were new. */
  async zadd(
    key: string,
    members: Readonly<Record<string, number>>,
  ): Promise<number> {
    return await this.#executor.run<number>(encode.zadd(key, members));
  }

  /** Removes members of a sorted set; how many were there. */
  async zrem(key: string, ...members: string[]): Promise<number> {
    return await this.#executor.run<number>(
      encode.onList("once", "ZREM", key, "members", members),
    );
  }

  /** The size of a sorted set. */
  async zcard(key: string): Promise<number> {
    return await this.#executor.run<number>(encode.onKey("read", "ZCARD", key));
  }

  /** Members from rank `start` to `stop`, both included, lowest score first. */
  async zrange(key: string, start: number, stop: number): Promise<string[]> {
    return await this.#executor.run<string[]>(
      encode.onKey("read", "ZRANGE", key, ...range(start, stop)),
    );
  }

  /** The same with scores. */
  async zrangeWithScores(
    key: string,
    start: number,
    stop: number,
  ): Promise<Array<[member: string, score: number]>> {
    return asScores(
      await this.#executor.run(
        encode.onKey(
          "read",
          "ZRANGE",
          key,
          ...range(start, stop),
          "WITHSCORES",
        ),
      ),
    );
  }

  /** Sets a field of a hash; 1 when it is new, 0 when it was replaced. */
  async hset(key: string, field: string, value: string): Promise<number> {
    return await this.#executor.run<number>(encode.hset(key, field, value));
  }

  /** Reads a field of a hash. */
  async hget(key: string, field: string): Promise<string | null> {
    return await this.#executor.run<string | null>(
      encode.onKey("read", "HGET", key, text("field", field)),
    );
  }

  /** Reads fields of a hash, in the order asked for. */
  async hmget(key: string, ...fields: string[]): Promise<Array<string | null>> {
    return await this.#executor.run<Array<string | null>>(
      encode.onList("read", "HMGET", key, "fields", fields),
    );
  }

  /** Removes fields of a hash; how many were there. */
  async hdel(key: string, ...fields: string[]): Promise<number> {
    return await this.#executor.run<number>(
      encode.onList("once", "HDEL", key, "fields", fields),
    );
  }

  /** How many fields a hash has. */
  async hlen(key: string): Promise<number> {
    return await this.#executor.run<number>(encode.onKey("read", "HLEN", key));
  }

  /** The fields of a hash. */
  async hkeys(key: string): Promise<string[]> {
    return await this.#executor.run<string[]>(
      encode.onKey("read", "HKEYS", key),
    );
  }

  /** A whole hash, as an object without a prototype. */
  async hgetall(key: string): Promise<Record<string, string>> {
    const command = encode.onKey("read", "HGETALL", key);
    return asHash(await this.#executor.run(command));
  }

  /** Whether a hash has the field. */
  async hexists(key: string, field: string): Promise<boolean> {
    const command = encode.onKey("read", "HEXISTS", key, text("field", field));
    return asBoolean(await this.#executor.run(command));
  }

  /** Appends to a list; its new length. */
  async rpush(key: string, ...values: string[]): Promise<number> {
    return await this.#executor.run<number>(
      encode.onList("once", "RPUSH", key, "values", values),
    );
  }

  /** Prepends to a list; its new length. */
  async lpush(key: string, ...values: string[]): Promise<number> {
    return await this.#executor.run<number>(
      encode.onList("once", "LPUSH", key, "values", values),
    );
  }

  /** The values from index `start` to `stop`, both included. */
  async lrange(key: string, start: number, stop: number): Promise<string[]> {
    return await this.#executor.run<string[]>(
      encode.onKey("read", "LRANGE", key, ...range(start, stop)),
    );
  }

  /** The length of a list. */
  async llen(key: string): Promise<number> {
    return await this.#executor.run<number>(encode.onKey("read", "LLEN", key));
  }

  /** Whether the server answers. Rejects only with `NotStartedError`. */
  async ping(): Promise<boolean> {
    try {
      await this.#executor.run({ kind: "read", name: "PING", args: [] });
      return true;
    } catch (error) {
      if (error instanceof NotStartedError) throw error;
      return false;
    }
  }

  /**
   * The keys that match a glob, each once. A key that is there from the first
   * step to the last is found, also when the connection breaks in between.
   *
   * @param pattern `*`, `?`, `[a-c]` and `\` as in Redis.
   * @param options How many keys the server looks at in one step.
   */
  scanPattern(pattern: string, options?: ScanOptions): AsyncIterable<string> {
    const count = positiveInteger("count", options?.count ?? 100);
    return scanKeys(this.#executor, text("pattern", pattern), count);
  }
}

function range(start: number, stop: number): [string, string] {
  return [String(integer("start", start)), String(integer("stop", stop))];
}
