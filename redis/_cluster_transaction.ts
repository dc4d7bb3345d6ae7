// Copyright 2026 the HuleEdu authors. MIT license.

import type { Cluster } from "./_cluster.ts";
import type { ClusterNode } from "./_cluster_node.ts";
import { ClusterRoute } from "./_cluster_route.ts";
import { keysOf, slotOf } from "./_command_keys.ts";
import type { Connections } from "./_node_pools.ts";
import { readRedirect } from "./_redirect.ts";
import {
  TransactionConnection,
  type TransactionConnectionOptions,
} from "./_transaction_connection.ts";
import { CrossSlotError } from "./errors.ts";
import type { TransactionBackend } from "./transaction.ts";
import type { WireCommand } from "./wire_command.ts";

/** What a {@linkcode ClusterTransaction} needs. */
export interface ClusterTransactionOptions
  extends Pick<TransactionConnectionOptions, "commandTimeoutMs" | "guard"> {
  readonly cluster: Cluster;
  /** The connections to a node. */
  readonly connectionsTo: (node: ClusterNode) => Connections;
}

type Work<T> = (connection: TransactionConnection) => Promise<T>;

/** A transaction on the node that has its keys, which are in one slot. */
export class ClusterTransaction implements TransactionBackend {
  readonly #options: ClusterTransactionOptions;
  #slot: number | null = null;
  #connection: TransactionConnection | null = null;

  constructor(options: ClusterTransactionOptions) {
    this.#options = options;
  }

  async watch(keys: readonly string[]): Promise<void> {
    this.#slot = slotOf("WATCH", keys);
    const watch = (connection: TransactionConnection) => connection.watch(keys);
    [, this.#connection] = await this.#route("WATCH", watch);
  }

  async read<Reply>(command: WireCommand): Promise<Reply> {
    const { name } = command;
    this.#requireSlot(name, [command]);
    const read = (connection: TransactionConnection) =>
      connection.read<Reply>(command);
    if (this.#connection === null) return await this.#alone(name, read);
    try {
      return await read(this.#connection);
    } catch (error) {
      if (readRedirect(error) === null) throw error;
      // It is elsewhere by now. Where it was watched, EXEC tells of a change.
      return await this.#alone(name, read);
    }
  }

  async execute(commands: readonly WireCommand[]): Promise<unknown[] | null> {
    this.#requireSlot("EXEC", commands);
    if (this.#connection === null) {
      // Any slot will do where there is no key.
      this.#slot ??= 0;
      return await this.#alone(
        "EXEC",
        (connection) => connection.execute(commands),
      );
    }
    try {
      return await this.#connection.execute(commands);
    } catch (error) {
      if (readRedirect(error) === null) throw error;
      // They were watched on a node that they have left since: a change.
      return null;
    }
  }

  async unwatch(): Promise<void> {
    await this.#connection?.unwatch();
    this.#connection = null;
    this.#slot = null;
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  /** Runs one step where the slot is, apart from what is watched. */
  async #alone<T>(name: string, work: Work<T>): Promise<T> {
    const [result, connection] = await this.#route(name, work);
    await connection.close();
    return result;
  }

  async #route<T>(
    name: string,
    work: Work<T>,
  ): Promise<[T, TransactionConnection]> {
    const { cluster, commandTimeoutMs } = this.#options;
    const deadline = performance.now() + commandTimeoutMs;
    const route = new ClusterRoute(cluster, this.#slot, deadline);
    for (;;) {
      const node = route.node ?? await route.find(name);
      const connection = this.#connect(node, route.asking, deadline);
      try {
        return [await work(connection), connection];
      } catch (error) {
        await connection.close();
        await route.next(error, node);
      }
    }
  }

  #connect(
    node: ClusterNode,
    asking: boolean,
    firstDeadline: number,
  ): TransactionConnection {
    const { connectionsTo, commandTimeoutMs, guard } = this.#options;
    return new TransactionConnection({
      address: node.address,
      commandTimeoutMs,
      pool: connectionsTo(node),
      guard,
      asking,
      firstDeadline,
    });
  }

  /** All keys are where the watched ones are. */
  #requireSlot(name: string, commands: readonly WireCommand[]): void {
    const slot = slotOf(name, commands.flatMap(keysOf));
    if (slot === null) return;
    if (this.#slot !== null && this.#slot !== slot) {
      throw new CrossSlotError(name);
    }
    this.#slot = slot;
  }
}
