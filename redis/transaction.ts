// Copyright 2026 the HuleEdu authors. MIT license.

import type { RedisTransaction, TtlOptions } from "../protocols.ts";
import { text } from "./arguments.ts";
import { asBoolean, asHash } from "./_decode.ts";
import * as encode from "./encode.ts";
import {
  RedisCommandError,
  TransactionCommandError,
  TransactionStateError,
} from "./errors.ts";
import type { WireCommand } from "./wire_command.ts";

/** What a {@linkcode Transaction} runs on: a connection, or a map in memory. */
export interface TransactionBackend {
  /** Runs a read now. */
  read<Reply>(command: WireCommand): Promise<Reply>;
  /**
   * Applies commands at once; `null` when a watched key has changed. A refusal
   * stands in the place of its command, as `RedisCommandError`.
   */
  execute(commands: readonly WireCommand[]): Promise<unknown[] | null>;
  /** Forgets the watched keys. */
  unwatch(): Promise<void>;
  /** Gives up what it runs on. */
  close(): Promise<void>;
}

/** Keeps the order of a {@linkcode RedisTransaction}: reads, `multi()`, writes. */
export class Transaction implements RedisTransaction {
  readonly #backend: TransactionBackend;
  #state: "reading" | "queueing" | "ended" = "reading";
  #queue: WireCommand[] = [];

  /**
   * Begins.
   *
   * @param backend What it runs on, with its keys watched.
   */
  constructor(backend: TransactionBackend) {
    this.#backend = backend;
  }

  /** Whether `multi()` was called and `exec()` was not. */
  get queueing(): boolean {
    return this.#state === "queueing";
  }

  /** Whether nothing can be done with it any more. */
  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Reads a text value. */
  get(key: string): Promise<string | null> {
    return this.#read(() => encode.onKey("read", "GET", key));
  }

  /** Reads a field of a hash. */
  hget(key: string, field: string): Promise<string | null> {
    return this.#read(() =>
      encode.onKey("read", "HGET", key, text("field", field))
    );
  }

  /** Reads a whole hash. */
  async hgetall(key: string): Promise<Record<string, string>> {
    return asHash(
      await this.#read(() => encode.onKey("read", "HGETALL", key)),
    );
  }

  /** Reads a set. */
  async smembers(key: string): Promise<Set<string>> {
    return new Set(
      await this.#read<string[]>(() => encode.onKey("read", "SMEMBERS", key)),
    );
  }

  /** Whether a key exists. */
  async exists(key: string): Promise<boolean> {
    return asBoolean(
      await this.#read(() => encode.onKey("read", "EXISTS", key)),
    );
  }

  /** Ends the reads and opens the queue. */
  multi(): this {
    if (this.#state !== "reading") {
      throw new TransactionStateError(
        this.#state === "ended" ? ENDED : "multi() was called twice",
      );
    }
    this.#state = "queueing";
    return this;
  }

  /** Queues a SET. */
  set(key: string, value: string, options?: TtlOptions): this {
    return this.#write(encode.set(key, value, options));
  }

  /** Queues a SET with a time to live. */
  setex(key: string, ttlMs: number, value: string): this {
    return this.#write(encode.setex(key, ttlMs, value));
  }

  /** Queues a DEL. */
  delete(...keys: string[]): this {
    return this.#write(encode.del(keys));
  }

  /** Queues an INCR. */
  incr(key: string): this {
    return this.#write(encode.onKey("once", "INCR", key));
  }

  /** Queues a PEXPIRE. */
  expire(key: string, ttlMs: number): this {
    return this.#write(encode.expire(key, ttlMs));
  }

  /** Queues an HSET. */
  hset(key: string, field: string, value: string): this {
    return this.#write(encode.hset(key, field, value));
  }

  /** Queues an HDEL. */
  hdel(key: string, ...fields: string[]): this {
    return this.#write(encode.onList("once", "HDEL", key, "fields", fields));
  }

  /** Queues a SADD. */
  sadd(key: string, ...members: string[]): this {
    return this.#write(encode.onList("once", "SADD", key, "members", members));
  }

  /** Queues a SREM. */
  srem(key: string, ...members: string[]): this {
    return this.#write(encode.onList("once", "SREM", key, "members", members));
  }

  /** Queues a ZADD. */
  zadd(key: string, members: Readonly<Record<string, number>>): this {
    return this.#write(encode.zadd(key, members));
  }

  /** Queues a ZREM. */
  zrem(key: string, ...members: string[]): this {
    return this.#write(encode.onList("once", "ZREM", key, "members", members));
  }

  /** Queues an LPUSH. */
  lpush(key: string, ...values: string[]): this {
    return this.#write(encode.onList("once", "LPUSH", key, "values", values));
  }

  /** Queues an RPUSH. */
  rpush(key: string, ...values: string[]): this {
    return this.#write(encode.onList("once", "RPUSH", key, "values", values));
  }

  /**
   * Applies the queue; `null` when a watched key changed.
   *
   * @throws {TransactionCommandError} If the server refused one of the commands,
   * with the results of the others, which were applied.
   * @throws {OutcomeUnknownError} If the reply was lost.
   */
  async exec(): Promise<unknown[] | null> {
    if (this.#state !== "queueing") {
      throw new TransactionStateError(
        this.#state === "ended" ? ENDED : "exec() needs multi() before it",
      );
    }
    this.#state = "ended";
    const queue = this.#queue;
    try {
      const replies = await this.#backend.execute(queue);
      return replies === null ? null : readResults(queue, replies);
    } finally {
      await this.#backend.close();
    }
  }

  /** Forgets the watched keys and the queue; reads come next again. */
  async unwatch(): Promise<void> {
    if (this.#state === "ended") return;
    this.#state = "reading";
    this.#queue = [];
    await this.#backend.unwatch();
  }

  /** Gives the connection back; whatever is queued is forgotten. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#queue = [];
    await this.#backend.close();
  }

  async #read<Reply>(command: () => WireCommand): Promise<Reply> {
    if (this.#state !== "reading") {
      throw new TransactionStateError(
        this.#state === "ended" ? ENDED : "Reads come before multi()",
      );
    }
    return await this.#backend.read<Reply>(command());
  }

  #write(command: WireCommand): this {
    if (this.#state !== "queueing") {
      throw new TransactionStateError(
        this.#state === "ended" ? ENDED : "Writes come after multi()",
      );
    }
    this.#queue.push(command);
    return this;
  }
}

const ENDED = "The transaction has ended";

function readResults(
  queue: readonly WireCommand[],
  replies: readonly unknown[],
): unknown[] {
  const results = replies.map((reply, i) => asResult(queue[i]!, reply));
  const refusal = results.find((each) => each instanceof RedisCommandError);
  if (refusal === undefined) return results;
  throw new TransactionCommandError(refusal as RedisCommandError, results);
}

/** The reply to a queued command as its method would give it. */
function asResult({ name }: WireCommand, reply: unknown): unknown {
  if (reply instanceof RedisCommandError) return reply;
  if (name === "SET") return reply === "OK";
  return name === "PEXPIRE" ? reply === 1 : reply;
}
