// Copyright 2026 the HuleEdu authors. MIT license.

import type { ClusterNode } from "./_cluster_node.ts";
import { type AcquireOptions, ConnectionPool } from "./_connection_pool.ts";
import type { RedisConnection } from "./_connection.ts";
import { AbortScope } from "./abort_scope.ts";

/** Where connections are taken from. */
export type Connections = Pick<ConnectionPool, "acquire" | "release">;

/** A pool of connections for each node of a cluster. */
export class NodePools {
  readonly #limits: { readonly size: number; readonly idle: number };
  readonly #pools = new Map<ClusterNode, ConnectionPool>();
  /** Of nodes that have left; somebody may still use a connection. */
  readonly #leaving = new Set<ConnectionPool>();

  constructor(limits: { readonly size: number; readonly idle: number }) {
    this.#limits = limits;
  }

  /** The connections to a node; `GivenBackError` where it has left meanwhile. */
  of(node: ClusterNode): Connections {
    const pool = this.#poolOf(node);
    return {
      acquire: (options) => acquire(pool, node, options),
      release: (connection, clean) => pool.release(connection, clean),
    };
  }

  /**
   * Hands out nothing more, and closes every connection.
   *
   * @param reason What those who wait for a connection are told.
   * @param drained Resolves when the used ones may be closed.
   */
  async stop(reason: Error, drained: Promise<unknown>): Promise<void> {
    const pools = [...this.#pools.values(), ...this.#leaving];
    this.#pools.clear();
    this.#leaving.clear();
    await Promise.all(pools.map((pool) => pool.stop(reason, drained)));
  }

  #poolOf(node: ClusterNode): ConnectionPool {
    let pool = this.#pools.get(node);
    if (pool === undefined) {
      pool = new ConnectionPool({
        ...this.#limits,
        open: (signal) => node.open(signal),
      });
      this.#pools.set(node, pool);
      const created = pool;
      const { retired } = node;
      retired.addEventListener("abort", () => {
        this.#leave(node, created, retired.reason);
      }, { once: true });
    }
    return pool;
  }

  #leave(node: ClusterNode, pool: ConnectionPool, reason: Error): void {
    if (this.#pools.get(node) !== pool) return;
    this.#pools.delete(node);
    pool.retire(reason);
    for (const each of this.#leaving) {
      if (each.isUnused) this.#leaving.delete(each);
    }
    this.#leaving.add(pool);
  }
}

async function acquire(
  pool: ConnectionPool,
  node: ClusterNode,
  options: AcquireOptions,
): Promise<RedisConnection> {
  using scope = new AbortScope([options.signal, node.retired]);
  return await pool.acquire({ ...options, signal: scope.signal });
}
