// Copyright 2026 the HuleEdu authors. MIT license.

import { setTimeout as delay } from "node:timers/promises";

import type { CheckedConnectionOptions } from "./connection_options.ts";
import type {
  ConsumerEngine,
  ConsumerListener,
  IncomingRecord,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import {
  closeCluster,
  type Cluster,
  type Consumer,
  openKafkaJs,
} from "./_kafkajs.ts";
import { connectWithin } from "./_producer_engine.ts";

/** How long a fetch waits for records, and so how long a stop may wait for it. */
const MAX_WAIT_MS = 250;
/** How soon new topics and partitions are seen. */
const METADATA_MAX_AGE_MS = 10_000;
/** How long a topic that does not exist yet is waited for at the start. */
const TOPIC_WAIT_MS = 3_000;
const TOPIC_PAUSE_MS = 50;
const JOIN_PAUSE_MS = 200;
const PARTITIONS_AT_ONCE = 64;
const STOP_TIMEOUT_MS = 2_000;
const RETRIES = 30;

/** What a membership has to be told. */
export interface MembershipOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly fromBeginning: boolean;
  readonly sessionTimeoutMs: number;
}

/** A membership in a group by way of kafkajs's consumer. */
export class KafkaJsConsumerEngine implements ConsumerEngine {
  readonly #options: CheckedConnectionOptions;
  readonly #membership: MembershipOptions;
  #consumer: Consumer | undefined;
  #cluster: Cluster | undefined;
  #memberId = "";

  constructor(
    options: CheckedConnectionOptions,
    membership: MembershipOptions,
  ) {
    this.#options = options;
    this.#membership = membership;
  }

  async start(listener: ConsumerListener): Promise<void> {
    const deadline = performance.now() + this.#options.connectTimeoutMs;
    for (;;) {
      await this.#connect();
      try {
        return await this.#join(listener);
      } catch (error) {
        // A coordinator that is still loading, for example.
        await this.stop();
        if (performance.now() >= deadline) throw error;
        await delay(JOIN_PAUSE_MS);
      }
    }
  }

  async #connect(): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#membership;
    const client = openKafkaJs(this.#options);
    const consumer = client.kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs * 2,
      heartbeatInterval: Math.floor(sessionTimeoutMs / 10),
      maxWaitTimeInMs: MAX_WAIT_MS,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      // Long enough for a broker to come back: a crash costs the membership, and
      // with it the work in hand. What a crash means is decided here.
      retry: {
        retries: RETRIES,
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        restartOnFailure: () => Promise.resolve(false),
      },
    });
    const cluster = client.lastCluster();
    this.#consumer = consumer;
    this.#cluster = cluster;
    await connectWithin(
      this.#options,
      () => consumer.connect(),
      () => closeCluster(cluster),
    );
  }

  async #join(listener: ConsumerListener): Promise<void> {
    const consumer = this.#consumer!;
    await this.#awaitTopics();
    await consumer.subscribe({
      topics: [...this.#membership.topics],
      fromBeginning: this.#membership.fromBeginning,
    });
    const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events;
    const joined = new Promise<void>((resolve, reject) => {
      let isJoined = false;
      consumer.on(GROUP_JOIN, ({ payload }) => {
        isJoined = true;
        const continued = payload.memberId === this.#memberId;
        this.#memberId = payload.memberId;
        listener.assigned(partitionsOf(payload.memberAssignment), continued);
        resolve();
      });
      consumer.on(REBALANCING, () => listener.rebalancing());
      consumer.on(CRASH, ({ payload }) => {
        if (isJoined) listener.crashed(payload.error);
        else reject(payload.error);
      });
    });
    joined.catch(() => {});
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: ({ batch, heartbeat }) =>
        listener.received({
          topic: batch.topic,
          partition: batch.partition,
          highWatermark: Number(batch.highWatermark),
          records: batch.messages.map(recordOf),
        }, heartbeat),
    });
    await joined;
  }

  /** Gives a cluster that creates topics when they are asked for time to do so. */
  async #awaitTopics(): Promise<void> {
    const { brokerPool } = this.#cluster!;
    const { topics } = this.#membership;
    const deadline = performance.now() + TOPIC_WAIT_MS;
    for (;;) {
      await brokerPool.refreshMetadata(topics);
      const known = brokerPool.metadata?.topicMetadata ?? [];
      const missing = topics.filter((topic) =>
        !known.some((each) =>
          each.topic === topic && each.partitionMetadata.length > 0
        )
      );
      if (missing.length === 0) return;
      if (performance.now() >= deadline) {
        this.#options.logger?.warn("Topics do not exist yet", {
          topics: missing,
        });
        return;
      }
      await delay(TOPIC_PAUSE_MS);
    }
  }

  async stop(): Promise<void> {
    const [consumer, cluster] = [this.#consumer, this.#cluster];
    this.#consumer = undefined;
    this.#cluster = undefined;
    if (!consumer || !cluster) return;
    const giveUp = new AbortController();
    await Promise.race([
      consumer.disconnect().catch(() => {}),
      delay(STOP_TIMEOUT_MS, undefined, { signal: giveUp.signal }).catch(
        () => {},
      ),
    ]);
    giveUp.abort();
    await closeCluster(cluster).catch(() => {});
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    await this.#consumer?.commitOffsets(
      offsets.map((each) => ({ ...each, offset: String(each.offset) })),
    );
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#consumer?.pause(byTopic(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#consumer?.resume(byTopic(partitions));
  }
}

function byTopic(
  partitions: readonly TopicPartition[],
): Array<{ topic: string; partitions: number[] }> {
  return partitions.map(({ topic, partition }) => ({
    topic,
    partitions: [partition],
  }));
}

function partitionsOf(
  assignment: Readonly<Record<string, readonly number[]>>,
): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition }))
  );
}

type Message = Parameters<
  NonNullable<NonNullable<Parameters<Consumer["run"]>[0]>["eachBatch"]>
>[0]["batch"]["messages"][number];

function recordOf(message: Message): IncomingRecord {
  const headers: Record<string, Uint8Array> = {};
  if (message.headers) {
    for (const [name, value] of Object.entries(message.headers)) {
      const last = Array.isArray(value) ? value.at(-1) : value;
      if (last !== undefined) {
        headers[name] = typeof last === "string"
          ? new TextEncoder().encode(last)
          : last;
      }
    }
  }
  return {
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    headers,
    timestamp: Number(message.timestamp),
  };
}
