// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  BatchResult,
  OutgoingBatch,
  ProducerEngine,
  ProducerIdentity,
} from "../kafka/engine.ts";
import type { MemoryCluster } from "./memory_cluster.ts";

const LEADER = 0;

/** Produces into memory. */
export class MemoryProducerEngine implements ProducerEngine {
  readonly #cluster: MemoryCluster;

  constructor(cluster: MemoryCluster) {
    this.#cluster = cluster;
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  leaders(topic: string): Promise<readonly number[]> {
    return Promise.resolve(this.#cluster.topic(topic).map(() => LEADER));
  }

  topicId(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  address(): undefined {
    return undefined;
  }

  initProducerId(): Promise<ProducerIdentity> {
    return Promise.resolve({ id: this.#cluster.newProducerId(), epoch: 0 });
  }

  produce(
    _leader: number,
    batches: readonly OutgoingBatch[],
  ): Promise<BatchResult[]> {
    return Promise.resolve(batches.map((each) => this.#cluster.append(each)));
  }
}
