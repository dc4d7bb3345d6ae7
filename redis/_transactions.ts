// Copyright 2026 the HuleEdu authors. MIT license.

import type { RedisTransaction } from "../protocols.ts";
import { texts } from "./arguments.ts";
import type { Cluster } from "./_cluster.ts";
import { ClusterTransaction } from "./_cluster_transaction.ts";
import type { CommandTelemetry } from "./_command_telemetry.ts";
import { ConnectionPool } from "./_connection_pool.ts";
import type { OpenConnection } from "./_connection.ts";
import { NodePools } from "./_node_pools.ts";
import { atMost, pause } from "./_pause.ts";
import {
  ObservedTransaction,
  type WatchingBackend,
} from "./_observed_transaction.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { sharedController } from "./abort_scope.ts";
import { TransactionConnection } from "./_transaction_connection.ts";
import { NotStartedError } from "./errors.ts";
import { runTransaction } from "./run_transaction.ts";
import { Transaction } from "./transaction.ts";

/** What {@linkcode Transactions} need. */
export interface TransactionsOptions {
  readonly address: RedisAddress;
  readonly open: OpenConnection;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
  readonly telemetry?: CommandTelemetry | undefined;
  /** Where the server is a cluster. */
  readonly cluster?: Cluster;
}

/** Connections at most, to one server; a caller beyond that waits for one. */
const MAX_CONNECTIONS = 8;

/** Connections that are kept for the next transaction. */
const MAX_IDLE_CONNECTIONS = 2;

/** Transactions, each on a connection of its own: WATCH counts per connection. */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #pool: ConnectionPool;
  readonly #nodePools: NodePools;
  readonly #inFlight = new Set<Promise<unknown>>();
  #closing = sharedController();
  #running = false;

  constructor(options: TransactionsOptions) {
    this.#options = options;
    const limits = { size: MAX_CONNECTIONS, idle: MAX_IDLE_CONNECTIONS };
    this.#pool = new ConnectionPool({ ...limits, open: options.open });
    this.#nodePools = new NodePools(limits);
  }

  start(): void {
    this.#running = true;
    this.#closing = sharedController();
    this.#pool.start();
  }

  /** Waits for what is in flight, at most `timeoutMs`, and closes. */
  async stop(timeoutMs: number): Promise<void> {
    this.#running = false;
    const reason = new NotStartedError(this.#options.subject);
    this.#closing.abort(reason);
    const work = Promise.allSettled(this.#inFlight);
    const drained = atMost(work, timeoutMs);
    await Promise.all([
      this.#pool.stop(reason, drained),
      this.#nodePools.stop(reason, drained),
    ]);
  }

  async watch(keys: readonly string[]): Promise<Transaction> {
    texts("keys", keys);
    const backend = this.#begin();
    await backend.watch(keys);
    return new Transaction(backend);
  }

  multi(): RedisTransaction {
    return new Transaction(this.#begin()).multi();
  }

  run(
    keys: readonly string[],
    fn: (tx: RedisTransaction) => Promise<void>,
    maxAttempts: number,
  ): Promise<unknown[]> {
    return runTransaction({
      begin: () => this.watch(keys),
      fn,
      maxAttempts,
      wait: (ms) => pause(ms, this.#closing.signal),
    });
  }

  #begin(): WatchingBackend {
    const { telemetry } = this.#options;
    const backend = this.#open();
    return telemetry?.isWanted
      ? new ObservedTransaction(backend, telemetry)
      : backend;
  }

  #open(): WatchingBackend {
    const { address, commandTimeoutMs, cluster } = this.#options;
    const common = {
      commandTimeoutMs,
      guard: <T>(work: () => Promise<T>) => this.#guard(work),
    };
    if (cluster === undefined) {
      return new TransactionConnection({
        ...common,
        address,
        pool: this.#pool,
      });
    }
    return new ClusterTransaction({
      ...common,
      cluster,
      connectionsTo: (node) => this.#nodePools.of(node),
    });
  }

  /** Refuses work when stopped, and remembers it while it is in flight. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#running) throw new NotStartedError(this.#options.subject);
    const promise = work();
    this.#inFlight.add(promise);
    try {
      return await promise;
    } finally {
      this.#inFlight.delete(promise);
    }
  }
}
