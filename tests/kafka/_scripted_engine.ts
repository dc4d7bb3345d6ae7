// Copyright 2026 the HuleEdu authors. MIT license.

import { MemoryCluster } from "../../testing/memory_cluster.ts";
import { MemoryProducerEngine } from "../../testing/memory_producer_engine.ts";
import {
  type BatchResult,
  type BrokerAddress,
  type OutgoingBatch,
  type OutgoingRecord,
  ProduceFailure,
  type ProducerEngine,
  type ProducerIdentity,
} from "../../kafka/engine.ts";

/** What happens to one produce request. */
export type Turn =
  | "ok"
  /** It is written, and the answer is lost. */
  | "lose the answer"
  /** It never leaves. */
  | "refuse"
  /** It hangs until `release()`, and is written then. */
  | "hang"
  /** Each batch is answered with this error of Kafka, written or not. */
  | { readonly error: string; readonly isWritten?: boolean };

/** A broker in memory that follows a script, one turn a request, then behaves. */
export class ScriptedEngine implements ProducerEngine {
  readonly requests: OutgoingBatch[][] = [];
  /** Answers a batch in place of the broker, where it returns something. */
  answer: (batch: OutgoingBatch) => BatchResult | undefined = () => undefined;
  readonly #cluster: MemoryCluster;
  readonly #engine: MemoryProducerEngine;
  readonly #script: Turn[];
  readonly #hanging: Array<() => void> = [];
  readonly #onHang: Array<() => void> = [];
  topicExists = true;
  /** The id of every topic. */
  id: string | undefined = "first";
  /** Where nodes are; the leader is 0, and who is asked first is -1. */
  readonly addresses = new Map<number, BrokerAddress>();
  /** Whether every answer is lost once the script is over. */
  isDeaf = false;

  constructor(script: readonly Turn[] = [], partitions = 1) {
    this.#script = [...script];
    this.#cluster = new MemoryCluster(partitions);
    this.#engine = new MemoryProducerEngine(this.#cluster);
  }

  /** The values in the log, in order. */
  log(topic: string): string[] {
    const decoder = new TextDecoder();
    return this.#cluster.topic(topic).flat().map(({ value }) =>
      decoder.decode(value!)
    );
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  leaders(topic: string): Promise<readonly number[]> {
    return this.topicExists ? this.#engine.leaders(topic) : Promise.resolve([]);
  }

  topicId(): Promise<string | undefined> {
    return Promise.resolve(this.id);
  }

  address(node: number): BrokerAddress | undefined {
    return this.addresses.get(node);
  }

  initProducerId(): Promise<ProducerIdentity> {
    return this.#engine.initProducerId();
  }

  async produce(
    leader: number,
    batches: readonly OutgoingBatch[],
  ): Promise<BatchResult[]> {
    this.requests.push([...batches]);
    const turn = this.#script.shift() ?? "ok";
    if (turn === "refuse") {
      throw new ProduceFailure(false, { cause: new Error("ECONNREFUSED") });
    }
    if (turn === "hang") {
      const released = new Promise<void>((resolve) =>
        this.#hanging.push(resolve)
      );
      for (const notify of this.#onHang.splice(0)) notify();
      await released;
    }
    if (typeof turn === "object") {
      if (turn.isWritten) await this.#engine.produce(leader, batches);
      return batches.map(() => ({ baseOffset: -1, error: turn.error }));
    }
    const answers = batches.map((batch) => this.answer(batch));
    const results = answers.every((each) => each === undefined)
      ? await this.#engine.produce(leader, batches)
      : answers.map((each) => each!);
    if (turn === "lose the answer" || this.isDeaf) {
      throw new ProduceFailure(true, { cause: new Error("Timed out") });
    }
    return results;
  }

  /** Resolves once a request hangs. */
  hangs(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hanging.length > 0) resolve();
      else this.#onHang.push(resolve);
    });
  }

  /** Lets the requests that hang go on. */
  release(): void {
    for (const resolve of this.#hanging.splice(0)) resolve();
  }
}

/** A record with a text as its value. */
export function record(value: string, key?: string): OutgoingRecord {
  const encoder = new TextEncoder();
  return {
    key: key === undefined ? null : encoder.encode(key),
    value: encoder.encode(value),
    headers: [],
    timestamp: Date.now(),
  };
}
