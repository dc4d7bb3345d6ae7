// Copyright 2026 the HuleEdu authors. MIT license.

import { askWithin } from "./_ask_within.ts";
import { ask, ConnectionLostError, NotMasterError } from "./_connection.ts";
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

/** A transaction's hold on a connection of the pool, taken when first needed. */
export class TransactionConnection implements TransactionBackend {
  readonly #options: TransactionConnectionOptions;
  #connection: RedisConnection | null = null;
  #watching = false;
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
          this.#watching = true;
          return;
        } catch (error) {
          this.#release();
          const lost = error instanceof ConnectionLostError;
          if (!lost) throw error;
          if (performance.now() >= deadline) throw this.#failed("WATCH", error);
        }
      }
    });
  }

  read<Reply>({ name, args }: WireCommand): Promise<Reply> {
    return this.#options.guard(async () => {
      const deadline = this.#deadline();
      const connection = await this.#current(name, deadline);
      try {
        return await this.#ask(connection, deadline, name, args) as Reply;
      } catch (error) {
        if (!(error instanceof ConnectionLostError)) throw error;
        throw this.#failed(name, error);
      }
    });
  }

  execute(commands: readonly WireCommand[]): Promise<unknown[] | null> {
    return this.#options.guard(async () => {
      const deadline = this.#deadline();
      const connection = await this.#current("EXEC", deadline);
      // It counts for all of a transaction.
      this.#sayAsking(connection);
      // All in one turn: nothing can be lost between the first and the last.
      const queued = Promise.allSettled([
        ask(connection, "MULTI"),
        ...commands.map(({ name, args }) => ask(connection, name, args)),
      ]);
      const exec = await this.#ask(connection, deadline, "EXEC", []).catch(
        (error: unknown) => error,
      );
      this.#watching = false;
      const steps = await queued;
      for (const step of steps) {
        if (step.status === "rejected") this.#requireMaster(step.reason);
      }
      this.#requireMaster(exec);
      if (exec instanceof ConnectionLostError) {
        throw new OutcomeUnknownError(
          "EXEC",
          `the connection to ${this.#server()} was lost before the reply`,
          { cause: exec },
        );
      }
      for (const step of steps) {
        if (step.status === "rejected") throw step.reason;
      }
      if (exec instanceof RedisCommandError) throw exec;
      return exec === null ? null : readReplies(commands, exec as unknown[]);
    });
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

  /** Throws where a server has refused for not being the master. */
  #requireMaster(error: unknown): void {
    if (!(error instanceof NotMasterError)) return;
    throw connectionError(
      this.#options.address,
      `EXEC was not applied: ${this.#server()} is no longer the master`,
      error.cause,
    );
  }

  /** The connection in hand; a new one only where nothing was watched. */
  async #current(name: string, deadline: number): Promise<RedisConnection> {
    const connection = this.#connection;
    if (connection !== null && !connection.closed) return connection;
    if (this.#watching) {
      throw connectionError(
        this.#options.address,
        `${name} was not sent: the connection that watched the keys was lost`,
      );
    }
    this.#release();
    return await this.#acquire(name, deadline);
  }

  async #acquire(name: string, deadline: number): Promise<RedisConnection> {
    this.#connection = await this.#options.pool.acquire({
      timeoutMs: left(deadline),
      onTimeout: (cause) => this.#notSent(name, cause),
    });
    return this.#connection;
  }

  #ask(
    connection: RedisConnection,
    deadline: number,
    name: string,
    args: readonly string[],
  ): Promise<unknown> {
    if (name !== "EXEC") this.#sayAsking(connection);
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
    if (this.#watching) ask(connection, "UNWATCH").catch(() => {});
    this.#watching = false;
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
function readReplies(
  commands: readonly WireCommand[],
  replies: readonly unknown[],
): unknown[] {
  return replies.map((reply, i) =>
    reply instanceof RedisCommandError
      ? new RedisCommandError(commands[i]?.name ?? "EXEC", reply.answer)
      : reply
  );
}
