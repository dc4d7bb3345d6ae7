// Copyright 2026 the HuleEdu authors. MIT license.

import { Backoff } from "./_backoff.ts";
import type { OpenConnection, RedisConnection } from "./_connection.ts";
import { GivenBackError } from "./_given_back_error.ts";
import { isRefusal } from "./_open_connection.ts";
import { pause } from "./_pause.ts";
import { AbortScope, sharedController } from "./abort_scope.ts";

/** Options of a {@linkcode ConnectionPool}. */
export interface ConnectionPoolOptions {
  readonly open: OpenConnection;
  /** Connections at most; callers beyond that wait. */
  readonly size: number;
  /** Idle connections that are kept. */
  readonly idle: number;
}

/** How long {@linkcode ConnectionPool.acquire} may take. */
export interface AcquireOptions {
  readonly timeoutMs: number;
  /** Makes the error of a call that takes longer; from the last failure. */
  readonly onTimeout: (cause: unknown) => Error;
  /** Gives up; the rejection is its reason. */
  readonly signal?: AbortSignal;
}

/** All that there may be was in use until the time was up. */
export class PoolFullError extends Error {
  override name = "PoolFullError";

  constructor(size: number) {
    super(`as each of ${size} is in use`);
  }
}

/** Connections that one user at a time owns. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #idle: RedisConnection[] = [];
  readonly #used = new Set<RedisConnection>();
  readonly #waiting: Array<() => void> = [];
  #taken = 0;
  #closing = sharedController();

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  /** Makes the pool usable after a stop. */
  start(): void {
    if (this.#closing.signal.aborted) this.#closing = sharedController();
  }

  /**
   * Takes a connection: an idle one, or a new one, or the next that is free.
   *
   * @param options How long it may take.
   */
  async acquire(options: AcquireOptions): Promise<RedisConnection> {
    const { timeoutMs, onTimeout, signal } = options;
    const failure: { cause?: unknown } = {};
    using scope = new AbortScope([signal, this.#closing.signal], {
      ms: timeoutMs,
      reason: () => onTimeout(failure.cause),
    });
    try {
      return await this.#acquire(scope.signal, failure);
    } catch (error) {
      // Whatever went wrong in the end, this is why.
      scope.signal.throwIfAborted();
      throw error;
    }
  }

  /**
   * Gives a connection back.
   *
   * @param connection The connection.
   * @param clean Whether the next user finds it as new.
   */
  release(connection: RedisConnection, clean: boolean): void {
    if (!this.#used.delete(connection)) return;
    const keep = clean && !connection.closed &&
      !this.#closing.signal.aborted && this.#idle.length < this.#options.idle;
    if (keep) this.#idle.push(connection);
    else void connection.destroy();
    this.#passOn();
  }

  /** Whether nobody has a connection of it. */
  get isUnused(): boolean {
    return this.#used.size === 0;
  }

  /**
   * Hands out nothing more, and closes each connection that is not in use.
   *
   * @param reason What those who wait for a connection are told.
   */
  retire(reason: Error): void {
    this.#closing.abort(reason);
    for (const connection of this.#idle.splice(0)) void connection.destroy();
  }

  /**
   * Hands out nothing more, and closes every connection, used ones too.
   *
   * @param reason What those who wait for a connection are told.
   * @param drained Resolves when the used ones may be closed.
   */
  async stop(reason: Error, drained: Promise<unknown>): Promise<void> {
    this.#closing.abort(reason);
    await drained;
    const all = [...this.#idle.splice(0), ...this.#used];
    await Promise.all(all.map((connection) => connection.destroy()));
  }

  async #acquire(
    end: AbortSignal,
    failure: { cause?: unknown },
  ): Promise<RedisConnection> {
    end.throwIfAborted();
    const { size } = this.#options;
    if (this.#taken < size) {
      this.#taken += 1;
    } else {
      failure.cause = new PoolFullError(size);
      await this.#turn(end);
      delete failure.cause;
    }
    try {
      const connection = this.#takeIdle() ?? await this.#open(end, failure);
      this.#used.add(connection);
      return connection;
    } catch (error) {
      this.#passOn();
      throw error;
    }
  }

  /** Tries until it is open; a server that refuses us is not asked again. */
  async #open(
    end: AbortSignal,
    failure: { cause?: unknown },
  ): Promise<RedisConnection> {
    const backoff = new Backoff();
    for (;;) {
      await pause(backoff.next(), end);
      try {
        return await this.#options.open(end);
      } catch (error) {
        if (end.aborted || isRefusal(error)) throw error;
        if (error instanceof GivenBackError) throw error;
        failure.cause = error;
      }
    }
  }

  #takeIdle(): RedisConnection | undefined {
    let connection = this.#idle.pop();
    while (connection?.closed) connection = this.#idle.pop();
    return connection;
  }

  /** Waits for another user's place. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(mine), 1);
        reject(signal.reason);
      };
      const mine = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(mine);
    });
  }

  #passOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
