// Copyright 2026 the HuleEdu authors. MIT license.

import { durationMs, texts } from "./arguments.ts";
import { askWithin } from "./_ask_within.ts";
import type { Link } from "./_link.ts";
import { ask, ConnectionLostError, NotMasterError } from "./_connection.ts";
import type { OpenConnection, RedisConnection } from "./_connection.ts";
import { ConnectionPool } from "./_connection_pool.ts";
import { connectionError, label } from "./_open_connection.ts";
import { pause } from "./_pause.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { AbortScope, sharedController } from "./abort_scope.ts";
import {
  NotStartedError,
  OutcomeUnknownError,
  RedisCommandError,
} from "./errors.ts";

/** What {@linkcode BlockingPops} need. */
export interface BlockingPopsOptions {
  readonly address: RedisAddress;
  readonly open: OpenConnection;
  /** Where a blocked connection is called back from. */
  readonly link: Link;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
}

/** How often a connection that is not blocked yet is called back again. */
const UNBLOCK_RETRY_MS = 20;

/** BLPOP, each on a connection of its own: it holds up what comes after it. */
export class BlockingPops {
  readonly #options: BlockingPopsOptions;
  readonly #pool: ConnectionPool;
  readonly #ids = new WeakMap<RedisConnection, string>();
  readonly #inFlight = new Set<Promise<unknown>>();
  #stopping = sharedController();
  #running = false;

  constructor(options: BlockingPopsOptions) {
    this.#options = options;
    this.#pool = new ConnectionPool({
      open: options.open,
      size: Infinity,
      idle: 4,
    });
  }

  start(): void {
    this.#running = true;
    this.#stopping = sharedController();
    this.#pool.start();
  }

  /** Ends the waits. Values that were popped meanwhile still arrive. */
  async stop(): Promise<void> {
    this.#running = false;
    const reason = new NotStartedError(this.#options.subject);
    this.#stopping.abort(reason);
    await this.#pool.stop(reason, Promise.allSettled(this.#inFlight));
  }

  /** Takes no more: waits go on, connections that idle are closed. */
  retire(reason: Error): void {
    this.#pool.retire(reason);
  }

  /** Whether nobody waits. */
  get isUnused(): boolean {
    return this.#inFlight.size === 0;
  }

  async pop(
    keys: readonly string[],
    timeoutMs: number,
    signal: AbortSignal | undefined,
    asking = false,
  ): Promise<[key: string, value: string] | null> {
    texts("keys", keys);
    durationMs("timeoutMs", timeoutMs);
    if (!this.#running) throw new NotStartedError(this.#options.subject);
    using scope = new AbortScope([signal, this.#stopping.signal]);
    scope.signal.throwIfAborted();
    const work = this.#popFromMaster(
      keys,
      timeoutMs,
      scope.signal,
      asking,
    );
    this.#inFlight.add(work);
    try {
      return await work;
    } finally {
      this.#inFlight.delete(work);
    }
  }

  /** A server that is no longer the master has taken nothing: ask the next. */
  async #popFromMaster(
    keys: readonly string[],
    timeoutMs: number,
    signal: AbortSignal,
    asking: boolean,
  ): Promise<[string, string] | null> {
    const end = performance.now() + timeoutMs;
    for (let left = timeoutMs;;) {
      try {
        return await this.#pop(keys, left, signal, asking);
      } catch (error) {
        if (!(error instanceof NotMasterError)) throw error;
      }
      await pause(UNBLOCK_RETRY_MS, signal);
      if (timeoutMs > 0) left = end - performance.now();
      if (left < 0) return null;
    }
  }

  async #pop(
    keys: readonly string[],
    timeoutMs: number,
    signal: AbortSignal,
    asking: boolean,
  ): Promise<[string, string] | null> {
    const connection = await this.#pool.acquire({
      timeoutMs: this.#options.commandTimeoutMs,
      onTimeout: (cause) => this.#notSent("no connection", cause),
      signal,
    });
    let sent = false;
    let isCalledBack = false;
    const settled = new AbortController();
    const giveUp = () => {
      isCalledBack = true;
      void this.#unblock(connection, settled.signal);
    };
    try {
      await this.#learnId(connection);
      if (asking) ask(connection, "ASKING").catch(() => {});
      const reply = this.#block(connection, keys, timeoutMs);
      sent = true;
      signal.addEventListener("abort", giveUp, { once: true });
      if (signal.aborted) giveUp();
      const popped = await reply;
      if (popped === null) signal.throwIfAborted();
      return popped as [string, string] | null;
    } catch (error) {
      if (error instanceof NotMasterError) throw error;
      if (error instanceof ConnectionLostError) throw this.#lost(sent, error);
      throw error;
    } finally {
      settled.abort();
      signal.removeEventListener("abort", giveUp);
      // A call back that is still on its way would hit the next wait on it.
      this.#pool.release(connection, !isCalledBack);
    }
  }

  #lost(sent: boolean, cause: ConnectionLostError): Error {
    if (!sent) return this.#notSent("the connection was lost", cause);
    const reason = "the connection was lost while it waited";
    return new OutcomeUnknownError("BLPOP", reason, { cause });
  }

  #notSent(reason: string, cause: unknown): Error {
    const { address } = this.#options;
    const message = `BLPOP was not sent: ${reason} (${label(address)})`;
    return connectionError(address, message, cause);
  }

  #block(
    connection: RedisConnection,
    keys: readonly string[],
    timeoutMs: number,
  ): Promise<unknown> {
    // Whole milliseconds: Redis 6 takes less than one for "for ever".
    const args = [...keys, String(Math.ceil(timeoutMs) / 1_000)];
    if (timeoutMs === 0) return ask(connection, "BLPOP", args);
    const limit = timeoutMs + this.#options.commandTimeoutMs;
    return askWithin(connection, limit, "BLPOP", args);
  }

  async #learnId(connection: RedisConnection): Promise<void> {
    if (this.#ids.has(connection)) return;
    const { commandTimeoutMs } = this.#options;
    try {
      const args = ["ID"];
      const id = await askWithin(connection, commandTimeoutMs, "CLIENT", args);
      this.#ids.set(connection, String(id));
    } catch (error) {
      // An access list may forbid it; then a wait ends with its connection.
      if (!(error instanceof RedisCommandError)) throw error;
    }
  }

  /**
   * Calls a blocked connection back. Closing it instead would lose a value that
   * the server has just taken out for it.
   */
  async #unblock(
    connection: RedisConnection,
    settled: AbortSignal,
  ): Promise<void> {
    const { link } = this.#options;
    const deadline = link.deadline();
    const id = this.#ids.get(connection);
    if (id === undefined) return void connection.destroy();
    try {
      // "0" means that the BLPOP, on the other connection, is not there yet.
      while (!settled.aborted) {
        await link.run(
          { kind: "safe", name: "CLIENT", args: ["UNBLOCK", id] },
          deadline,
        );
        await pause(UNBLOCK_RETRY_MS, settled);
      }
    } catch {
      if (!settled.aborted) await connection.destroy();
    }
  }
}
