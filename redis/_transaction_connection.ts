// Copyright 2026 the HuleEdu authors. MIT license.

import { askWithin, within } from "./_ask_within.ts";
import {
  ask,
  askAll,
  ConnectionLostError,
  NotMasterError,
} from "./_connection.ts";
import type { RedisConnection } from "./_connection.ts";
import { PoolFullError } from "./_connection_pool.ts";
import type { Connections } from "./_node_pools.ts";
import { connectionError, label } from "./_open_connection.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { OutcomeUnknownError, RedisCommandError } from "./errors.ts";
import type { TransactionBackend } from "./transaction.ts";
import type { WireCommand } from "./wire_command.ts";

/** What a {@linkcode TransactionConnection} needs. */
export interface TransactionConnectionOptions {
  readonly address: RedisAddress;
  readonly commandTimeoutMs: number;
  readonly pool: Connections;
  /** When its first step must be done; `commandTimeoutMs` from then by default. */
  readonly firstDeadline?: number;
  /** Whether the node of a cluster only has what has moved there already. */
  readonly asking?: boolean;
  /** Runs work, or refuses it when the client is stopped. */
  readonly guard: <T>(work: () => Promise<T>) => Promise<T>;
}

const MULTI = { name: "MULTI", args: [] } as const;
const EXEC = { name: "EXEC", args: [] } as const;

/** Connections on which MULTI was taken once. */
const CAN_QUEUE = new WeakSet<RedisConnection>();

/**
 * A transaction's hold on a connection of the pool: one for as long as it watches
 * keys, and any for what it does without.
 */
export class TransactionConnection implements TransactionBackend {
  readonly #options: TransactionConnectionOptions;
  /** The one that watches. */
  #connection: RedisConnection | null = null;
  #isWatching = false;
  #firstDeadline: number | undefined;

  constructor(options: TransactionConnectionOptions) {
    this.#options = options;
    this.#firstDeadline = options.firstDeadline;
  }

  /** Begins to watch. An idle connection may turn out dead: then on the next. */
  watch(keys: readonly string[]): Promise<void> {
    return this.#options.guard(async () => {
      const deadline = this.#deadline();
      for (;;) {
        const connection = await this.#acquire("WATCH", deadline);
        try {
          await this.#ask(connection, deadline, "WATCH", keys);
          this.#connection = connection;
          this.#isWatching = true;
          return;
        } catch (error) {
          this.#options.pool.release(connection, true);
          const lost = error instanceof ConnectionLostError;
          if (!lost) throw error;
          if (performance.now() >= deadline) throw this.#failed("WATCH", error);
        }
      }
    });
  }

  read<Reply>({ name, args }: WireCommand): Promise<Reply> {
    return this.#options.guard(() =>
      this.#use(name, async (connection, deadline) => {
        try {
          return await this.#ask(connection, deadline, name, args) as Reply;
        } catch (error) {
          if (!(error instanceof ConnectionLostError)) throw error;
          throw this.#failed(name, error);
        }
      })
    );
  }

  execute(commands: readonly WireCommand[]): Promise<unknown[] | null> {
    return this.#options.guard(() =>
      this.#use("EXEC", async (connection, deadline) => {
        const begun = CAN_QUEUE.has(connection);
        // Where MULTI is refused, what comes behind it is applied at once.
        if (!begun) await this.#begin(connection, deadline);
        const steps = begun ? [MULTI, ...commands, EXEC] : [...commands, EXEC];
        // It counts for all of a transaction, from MULTI on.
        if (begun) this.#sayAsking(connection);
        // All in one write: nothing can be lost between the first and the last.
        const settled = await within(
          connection,
          left(deadline),
          Promise.allSettled(askAll(connection, steps)),
        );
        this.#isWatching = false;
        return this.#readReplies(connection, commands, settled);
      })
    );
  }

  unwatch(): Promise<void> {
    return this.#options.guard(() => {
      this.#release();
      return Promise.resolve();
    });
  }

  close(): Promise<void> {
    this.#release();
    return Promise.resolve();
  }

  /** Asks for MULTI by itself, the first time on a connection. */
  async #begin(connection: RedisConnection, deadline: number): Promise<void> {
    try {
      await this.#ask(connection, deadline, "MULTI", []);
      CAN_QUEUE.add(connection);
    } catch (error) {
      this.#requireMaster(error);
      if (!(error instanceof ConnectionLostError)) throw error;
      throw this.#failed("EXEC", error);
    }
  }

  #readReplies(
    connection: RedisConnection,
    commands: readonly WireCommand[],
    settled: ReadonlyArray<PromiseSettledResult<unknown>>,
  ): unknown[] | null {
    const refusals = settled.flatMap((each) =>
      each.status === "rejected" ? [each.reason as unknown] : []
    );
    for (const refusal of refusals) this.#requireMaster(refusal);
    const exec = settled.at(-1)!;
    if (exec.status === "fulfilled" && refusals.length === 0) {
      return exec.value === null
        ? null
        : namedReplies(commands, exec.value as unknown[]);
    }
    const last = exec.status === "rejected" ? exec.reason : undefined;
    if (last instanceof ConnectionLostError) {
      throw new OutcomeUnknownError(
        "EXEC",
        `the connection to ${this.#server()} was lost before the reply`,
        { cause: last },
      );
    }
    // Nothing has left, and it may be in a transaction that has begun.
    if (last instanceof RangeError) void connection.destroy();
    throw refusals[0];
  }

  /** Throws where a server has refused for not being the master. */
  #requireMaster(error: unknown): void {
    if (!(error instanceof NotMasterError)) return;
    throw connectionError(
      this.#options.address,
      `EXEC was not applied: ${this.#server()} is no longer the master`,
      error.cause,
    );
  }

  /** Works on the connection that watches, else on one of its own. */
  async #use<T>(
    name: string,
    work: (connection: RedisConnection, deadline: number) => Promise<T>,
  ): Promise<T> {
    const deadline = this.#deadline();
    const watching = this.#connection;
    if (watching === null) {
      const connection = await this.#acquire(name, deadline);
      try {
        return await work(connection, deadline);
      } finally {
        this.#options.pool.release(connection, true);
      }
    }
    if (!watching.closed) return await work(watching, deadline);
    throw connectionError(
      this.#options.address,
      `${name} was not sent: the connection that watched the keys was lost`,
    );
  }

  #acquire(name: string, deadline: number): Promise<RedisConnection> {
    return this.#options.pool.acquire({
      timeoutMs: left(deadline),
      onTimeout: (cause) => this.#notSent(name, cause),
    });
  }

  #ask(
    connection: RedisConnection,
    deadline: number,
    name: string,
    args: readonly string[],
  ): Promise<unknown> {
    this.#sayAsking(connection);
    return askWithin(connection, left(deadline), name, args);
  }

  #sayAsking(connection: RedisConnection): void {
    if (this.#options.asking) ask(connection, "ASKING").catch(() => {});
  }

  #deadline(): number {
    const first = this.#firstDeadline;
    this.#firstDeadline = undefined;
    return first ?? performance.now() + this.#options.commandTimeoutMs;
  }

  /** Gives the connection back, watching nothing. */
  #release(): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null;
    // The next user's commands come after this one, so nobody waits for it.
    if (this.#isWatching) ask(connection, "UNWATCH").catch(() => {});
    this.#isWatching = false;
    this.#options.pool.release(connection, true);
  }

  #server(): string {
    return `Redis at ${label(this.#options.address)}`;
  }

  #failed(name: string, cause: unknown): Error {
    return connectionError(
      this.#options.address,
      `${name} failed: the connection to ${this.#server()} was lost`,
      cause,
    );
  }

  #notSent(name: string, cause: unknown): Error {
    return connectionError(
      this.#options.address,
      `${name} was not sent: no connection to ${this.#server()} for a ` +
        `transaction within ${this.#options.commandTimeoutMs} ms` +
        (cause instanceof PoolFullError ? `, ${cause.message}` : ""),
      cause,
    );
  }
}

function left(deadline: number): number {
  return Math.max(0, deadline - performance.now());
}

/** The replies within EXEC's; a refusal is that of its command. */
function namedReplies(
  commands: readonly WireCommand[],
  replies: readonly unknown[],
): unknown[] {
  return replies.map((reply, i) =>
    reply instanceof RedisCommandError
      ? new RedisCommandError(commands[i]?.name ?? "EXEC", reply.answer)
      : reply
  );
}
