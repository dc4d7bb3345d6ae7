// Copyright 2026 the HuleEdu authors. MIT license.

import type { TopicPartition } from "./engine.ts";
import type { Cluster } from "./_kafkajs.ts";

/** Who leads each partition of some topics, as the cluster last said. */
export class TopicMap {
  readonly #cluster: Cluster;
  readonly #topics: readonly string[];
  #leaders = new Map<string, readonly number[]>();
  #refreshing: Promise<void> | undefined;

  constructor(cluster: Cluster, topics: readonly string[]) {
    this.#cluster = cluster;
    this.#topics = topics;
  }

  /** How many partitions each topic has that exists. */
  get sizes(): Map<string, number> {
    return new Map(
      [...this.#leaders].map(([topic, leaders]) => [topic, leaders.length]),
    );
  }

  /** The node that leads a partition; -1 when there is none. */
  leader({ topic, partition }: TopicPartition): number {
    return this.#leaders.get(topic)?.[partition] ?? -1;
  }

  /** Asks the cluster anew; calls made meanwhile share the answer. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#ask().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #ask(): Promise<void> {
    const { brokerPool } = this.#cluster;
    await brokerPool.refreshMetadata(this.#topics);
    const found = new Map<string, readonly number[]>();
    for (const each of brokerPool.metadata?.topicMetadata ?? []) {
      const leaders: number[] = [];
      for (const { partitionId, leader } of each.partitionMetadata) {
        leaders[partitionId] = leader;
      }
      if (leaders.length > 0) {
        found.set(each.topic, Array.from(leaders, (leader) => leader ?? -1));
      }
    }
    this.#leaders = found;
  }
}
