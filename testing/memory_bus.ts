// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import { EventProducer } from "../kafka/event_producer.ts";
import { partitionForKey } from "../kafka/murmur2.ts";
import {
  redriveDeadLetters,
  type RedriveOptions,
  type RedriveReport,
} from "../kafka/redrive_dead_letters.ts";
import type {
  EventPublisher,
  Lifecycle,
  Logger,
  PublishOptions,
  PublishOutcome,
  StopOptions,
} from "../protocols.ts";
import {
  MemoryConsumer,
  type MemoryConsumerOptions,
} from "./memory_consumer.ts";
import { MemoryCluster } from "./memory_cluster.ts";
import { MemoryConsumerEngine } from "./memory_consumer_engine.ts";
import { MemoryProducerEngine } from "./memory_producer_engine.ts";

/** Options of {@linkcode MemoryBus}. */
export interface MemoryBusOptions {
  /**
   * How many partitions each topic has.
   *
   * @default {3}
   */
  readonly partitions?: number;
  /**
   * The most bytes of an event.
   *
   * @default {1_048_576}
   */
  readonly maxBatchBytes?: number;
  /**
   * Sends the headers that Python services read.
   *
   * @default {false}
   */
  readonly standardHeaders?: boolean;
  /** Where the bus logs. Silent without. */
  readonly logger?: Logger;
}

/** A record as it lies in a topic. */
export interface MemoryRecord {
  /** The partition. */
  readonly partition: number;
  /** The offset in the partition. */
  readonly offset: number;
  /** The key as text, or `null`. */
  readonly key: string | null;
  /** The value as text, or `null` for a tombstone. */
  readonly value: string | null;
  /** The headers as text. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Options of {@linkcode MemoryBus.publishRaw}. */
export interface RawRecordOptions {
  /** The key. */
  readonly key?: string;
  /** The headers, as text. */
  readonly headers?: Readonly<Record<string, string>>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Kafka in memory: topics with partitions, groups, redelivery. It runs the same
 * publishing and consuming code as `KafkaBus` and `KafkaConsumer`, with arrays
 * where they have a broker, so what it promises is what they promise.
 *
 * @example Publish, consume, look at what happened
 * ```ts
 * import { createEnvelope } from "@huleedu/service-libs/events";
 * import { MemoryBus } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const type = "huleedu.essay.created.v1";
 * await using bus = await MemoryBus.connect();
 * await using consumer = bus.consumer({ groupId: "g", topics: [type] });
 * const handled = new Promise<unknown>((resolve) =>
 *   consumer.on(type, async (envelope) => resolve(envelope.data))
 * );
 * await consumer.start();
 *
 * const data = { essay_id: "e1" };
 * await bus.publishEvent(
 *   type,
 *   createEnvelope({ eventType: type, sourceService: "essays", data }),
 *   { key: "e1" },
 * );
 *
 * assertEquals(await handled, data);
 * assertEquals(bus.records(type).map((record) => record.key), ["e1"]);
 * ```
 */
export class MemoryBus implements EventPublisher, Lifecycle {
  readonly #cluster: MemoryCluster;
  readonly #producer: EventProducer;

  /**
   * Makes an empty bus.
   *
   * @param options Partitions and limits.
   */
  constructor(options: MemoryBusOptions = {}) {
    this.#cluster = new MemoryCluster(options.partitions ?? 3);
    this.#producer = new EventProducer(
      "MemoryBus",
      new MemoryProducerEngine(this.#cluster),
      options,
    );
  }

  /**
   * Creates a bus and starts it.
   *
   * @param options As for the constructor.
   * @returns The started bus.
   */
  static async connect(options: MemoryBusOptions = {}): Promise<MemoryBus> {
    const bus = new MemoryBus(options);
    await bus.start();
    return bus;
  }

  /** Starts; twice is one start. What was published before a stop is still there. */
  start(): Promise<void> {
    return this.#producer.start();
  }

  /**
   * Finishes what was called for. Consumers have a life of their own.
   *
   * @param options `timeoutMs`, 30,000 by default.
   */
  stop(options: StopOptions = {}): Promise<void> {
    return this.#producer.stop(options);
  }

  /**
   * Publishes an event.
   *
   * @param topic The topic to publish on; created when it is not there.
   * @param envelope The event.
   * @param options Key, headers and abort signal.
   * @returns Always `"sent"`.
   * @throws {NotStartedError} If the bus is not started.
   * @throws {EnvelopeError} If the envelope cannot be serialised.
   * @throws {PublishError} If the event is too large, or the signal is aborted.
   */
  publishEvent<T>(
    topic: string,
    envelope: EventEnvelope<T>,
    options: PublishOptions = {},
  ): Promise<PublishOutcome> {
    return this.#producer.publishEvent(topic, envelope, options);
  }

  /**
   * Puts bytes on a topic by hand, whatever they are.
   *
   * @param topic The topic.
   * @param value Text or bytes; `null` is a tombstone.
   * @param options Key and headers.
   */
  publishRaw(
    topic: string,
    value: string | Uint8Array | null,
    options: RawRecordOptions = {},
  ): void {
    const key = options.key ? encoder.encode(options.key) : null;
    const partitions = this.#cluster.topic(topic).length;
    const partition = key ? partitionForKey(key, partitions) : 0;
    this.#cluster.write({ topic, partition }, [{
      key,
      value: typeof value === "string" ? encoder.encode(value) : value,
      headers: Object.entries(options.headers ?? {}).map(([name, text]) =>
        [name, encoder.encode(text)] as const
      ),
      timestamp: Date.now(),
    }]);
  }

  /**
   * Creates a consumer of this bus's topics.
   *
   * @param options Group, topics, concurrency, retries and dead letters, as for
   * `KafkaConsumer`.
   * @returns The consumer, not started.
   */
  consumer(options: MemoryConsumerOptions): MemoryConsumer {
    return new MemoryConsumer(this.#cluster, options);
  }

  /**
   * What lies in a topic, partition by partition.
   *
   * @param topic The topic.
   * @returns Its records, in order within each partition.
   */
  records(topic: string): MemoryRecord[] {
    return this.#cluster.topic(topic).flatMap((records, partition) =>
      records.map(({ offset, key, value, headers }) => ({
        partition,
        offset,
        key: key && decoder.decode(key),
        value: value && decoder.decode(value),
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, bytes]) => [
            name,
            decoder.decode(bytes),
          ]),
        ),
      }))
    );
  }

  /**
   * Waits until a topic holds some number of records.
   *
   * @param topic The topic.
   * @param count How many records it has to hold at least.
   * @returns Its records, as `records()`.
   */
  async untilRecords(topic: string, count: number): Promise<MemoryRecord[]> {
    for (;;) {
      const records = this.records(topic);
      if (records.length >= count) return records;
      await new Promise<void>((resolve) => {
        const unwatch = this.#cluster.watch(() => (unwatch(), resolve()));
      });
    }
  }

  /**
   * Puts dead letters back on their topic, as `KafkaBus.redrive()` does.
   *
   * @param topic The topic they came from.
   * @param options Filter, limit and abort signal.
   * @returns How many were put back, and how many passed over.
   */
  redrive(topic: string, options: RedriveOptions = {}): Promise<RedriveReport> {
    const letters = `${topic}.dlq`;
    const engine = new MemoryConsumerEngine(
      this.#cluster,
      `${letters}.redrive`,
      [letters],
      true,
    );
    return redriveDeadLetters(engine, this.#producer, topic, letters, options);
  }

  /**
   * Delivers everything to a group again, as after a crash before the commit.
   *
   * @param groupId The group.
   */
  redeliver(groupId: string): void {
    this.#cluster.rewind(groupId);
  }

  /** The same as `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
