// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  ConsumerEngine,
  ConsumerListener,
  TopicPartition,
  TopicPartitionOffset,
} from "../kafka/engine.ts";
import type { Member, MemoryCluster } from "./memory_cluster.ts";

const BATCH_RECORDS = 500;

/** A membership in a group in memory. */
export class MemoryConsumerEngine implements ConsumerEngine {
  readonly isOut = false;
  readonly #cluster: MemoryCluster;
  readonly #groupId: string;
  readonly #topics: readonly string[];
  readonly #fromBeginning: boolean;
  readonly #paused = new Set<string>();
  #member: Member | undefined;
  /** Grows with each assignment, so that loops of earlier ones end. */
  #generation = 0;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(
    cluster: MemoryCluster,
    groupId: string,
    topics: readonly string[],
    fromBeginning: boolean,
  ) {
    this.#cluster = cluster;
    this.#groupId = groupId;
    this.#topics = topics;
    this.#fromBeginning = fromBeginning;
  }

  start(listener: ConsumerListener): Promise<void> {
    this.#paused.clear();
    this.#member = {
      topics: this.#topics,
      fromBeginning: this.#fromBeginning,
      listener,
      rebalanced: (partitions, continued) => {
        const generation = ++this.#generation;
        const positions = partitions.map((each) => ({
          ...each,
          offset: this.#cluster.position(
            this.#groupId,
            each,
            this.#fromBeginning,
          ),
        }));
        listener.assigned(positions, continued);
        const loops = positions.map((each) =>
          this.#fetch(each, generation, listener)
        );
        this.#loops = Promise.all([this.#loops, ...loops]);
        this.#cluster.wake();
      },
    };
    this.#cluster.join(this.#groupId, this.#member);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    const member = this.#member;
    this.#member = undefined;
    this.#generation++;
    if (member) this.#cluster.leave(this.#groupId, member);
    this.#cluster.wake();
    await this.#loops;
  }

  commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    for (const each of offsets) {
      this.#cluster.commit(this.#groupId, each, each.offset);
    }
    return Promise.resolve();
  }

  ends(partitions: readonly TopicPartition[]): Promise<number[]> {
    return Promise.resolve(
      partitions.map((each) => this.#cluster.records(each).length),
    );
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#paused.add(nameOf(each));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#paused.delete(nameOf(each));
    this.#cluster.wake();
  }

  async #fetch(
    at: TopicPartitionOffset,
    generation: number,
    listener: ConsumerListener,
  ): Promise<void> {
    const records = this.#cluster.records(at);
    let position = at.offset;
    const highWatermark = records.length;
    await listener.received({
      ...at,
      records: [],
      next: position,
      highWatermark,
    });
    while (this.#generation === generation) {
      if (position >= records.length || this.#paused.has(nameOf(at))) {
        await this.#changed();
        continue;
      }
      const batch = records.slice(position, position + BATCH_RECORDS);
      position += batch.length;
      await listener.received({
        ...at,
        records: batch,
        next: position,
        highWatermark: records.length,
      });
    }
  }

  /** Resolves when there may be something to fetch, or the assignment changed. */
  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const unwatch = this.#cluster.watch(() => {
        unwatch();
        resolve();
      });
    });
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
