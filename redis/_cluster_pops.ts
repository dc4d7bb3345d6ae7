// Copyright 2026 the HuleEdu authors. MIT license.

import { durationMs, texts } from "./arguments.ts";
import { BlockingPops } from "./_blocking_pops.ts";
import type { Cluster } from "./_cluster.ts";
import type { ClusterNode } from "./_cluster_node.ts";
import { ClusterRoute } from "./_cluster_route.ts";
import { slotOf } from "./_command_keys.ts";
import { AbortScope } from "./abort_scope.ts";
import { NotStartedError } from "./errors.ts";

/** What {@linkcode ClusterPops} need. */
export interface ClusterPopsOptions {
  readonly cluster: Cluster;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
}

/** BLPOP on the node that has the keys, which are in one slot. */
export class ClusterPops {
  readonly #options: ClusterPopsOptions;
  readonly #pops = new Map<ClusterNode, BlockingPops>();
  /** On nodes that have left; somebody may still wait. */
  readonly #leaving = new Set<BlockingPops>();
  #running = false;

  constructor(options: ClusterPopsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
  }

  /** Ends the waits. Values that were popped meanwhile still arrive. */
  async stop(): Promise<void> {
    this.#running = false;
    const all = [...this.#pops.values(), ...this.#leaving];
    this.#pops.clear();
    this.#leaving.clear();
    await Promise.all(all.map((pops) => pops.stop()));
  }

  async pop(
    keys: readonly string[],
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<[key: string, value: string] | null> {
    const { cluster, commandTimeoutMs, subject } = this.#options;
    const slot = slotOf("BLPOP", texts("keys", keys));
    durationMs("timeoutMs", timeoutMs);
    const startedAt = performance.now();
    const deadline = startedAt +
      (timeoutMs === 0 ? Infinity : Math.max(timeoutMs, commandTimeoutMs));
    using scope = new AbortScope([signal, cluster.closing]);
    const route = new ClusterRoute(cluster, slot, deadline, scope.signal);
    for (let left = timeoutMs;;) {
      if (!this.#running) throw new NotStartedError(subject);
      const node = route.node ?? await route.find("BLPOP");
      try {
        const pops = this.#popsOf(node);
        return await pops.pop(keys, left, signal, route.asking);
      } catch (error) {
        await route.next(error, node);
      }
      if (timeoutMs === 0) continue;
      left = timeoutMs - (performance.now() - startedAt);
      if (left <= 0) return null;
    }
  }

  #popsOf(node: ClusterNode): BlockingPops {
    let pops = this.#pops.get(node);
    if (pops === undefined) {
      const { commandTimeoutMs, subject } = this.#options;
      pops = new BlockingPops({
        address: node.address,
        open: (signal) => node.open(signal),
        link: node.link,
        commandTimeoutMs,
        subject,
      });
      pops.start();
      this.#pops.set(node, pops);
      const created = pops;
      const { retired } = node;
      retired.addEventListener("abort", () => {
        this.#leave(node, created, retired.reason);
      }, { once: true });
    }
    return pops;
  }

  #leave(node: ClusterNode, pops: BlockingPops, reason: Error): void {
    if (this.#pops.get(node) !== pops) return;
    this.#pops.delete(node);
    pops.retire(reason);
    for (const each of this.#leaving) {
      if (each.isUnused) this.#leaving.delete(each);
    }
    this.#leaving.add(pops);
  }
}
