// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  ConsumerEngine,
  ConsumerListener,
  TopicPartition,
  TopicPartitionOffset,
} from "../../kafka/engine.ts";

/** A member that is given one partition, and what is put there by hand. */
export class HandFedEngine implements ConsumerEngine {
  readonly isOut = false;
  /** What was committed, commit by commit. */
  readonly commits: number[] = [];
  readonly #at: TopicPartition;
  readonly #values: readonly string[];
  #listener: ConsumerListener | undefined;

  /** Feeds texts as soon as there may be any. */
  constructor(at: TopicPartition, values: readonly string[] = []) {
    this.#at = at;
    this.#values = values;
  }

  get listener(): ConsumerListener {
    return this.#listener!;
  }

  start(listener: ConsumerListener): Promise<void> {
    this.#listener = listener;
    listener.assigned([{ ...this.#at, offset: 0 }], false);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  commit([at]: readonly TopicPartitionOffset[]): Promise<void> {
    this.commits.push(at!.offset);
    return Promise.resolve();
  }

  ends(): Promise<number[]> {
    return Promise.resolve([this.#values.length]);
  }

  pause(): void {}

  resume(): void {
    const encoder = new TextEncoder();
    const records = this.#values.map((value, offset) => ({
      offset,
      key: encoder.encode(`key-${offset % 3}`),
      value: encoder.encode(value),
      headers: {},
      timestamp: 0,
    }));
    const end = records.length;
    const batch = { ...this.#at, records, next: end, highWatermark: end };
    this.listener.received(batch);
  }
}
