// Copyright 2026 the HuleEdu authors. MIT license.

import type { StandardSchema } from "../events/standard_schema.ts";
import { requireText, requireTopics } from "../kafka/connection_options.ts";
import { EventProducer } from "../kafka/event_producer.ts";
import { type ConsumerHealth, GroupConsumer } from "../kafka/group_consumer.ts";
import type { KafkaConsumerOptions } from "../kafka/kafka_consumer.ts";
import type {
  ConsumerStopReport,
  EventConsumer,
  EventHandler,
  StopOptions,
} from "../protocols.ts";
import type { MemoryCluster } from "./memory_cluster.ts";
import { MemoryConsumerEngine } from "./memory_consumer_engine.ts";
import { MemoryProducerEngine } from "./memory_producer_engine.ts";

/** A dead letter is larger than the record, by what is said of it. */
const LETTERS = { maxBatchBytes: 256 * 1024 * 1024 } as const;

/** Options of {@linkcode MemoryConsumer}, as those of `KafkaConsumer`. */
export type MemoryConsumerOptions = Pick<
  KafkaConsumerOptions,
  | "groupId"
  | "topics"
  | "fromBeginning"
  | "concurrency"
  | "retry"
  | "deadLetter"
  | "logger"
>;

/**
 * A consumer of a `MemoryBus`, made by `MemoryBus.consumer()`. It behaves as
 * `KafkaConsumer` does, and runs the same code.
 */
export class MemoryConsumer implements EventConsumer {
  readonly #consumer: GroupConsumer;

  /**
   * Made by `MemoryBus.consumer()`.
   *
   * @param cluster The topics.
   * @param options Group, topics and how to handle.
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(cluster: object, options: MemoryConsumerOptions) {
    const { groupId, fromBeginning = false } = options;
    requireText("MemoryConsumer", "groupId", groupId);
    const topics = requireTopics("MemoryConsumer", options.topics);
    const subject = `MemoryConsumer "${groupId}"`;
    const memory = cluster as MemoryCluster;
    this.#consumer = new GroupConsumer(
      subject,
      new MemoryConsumerEngine(memory, groupId, topics, fromBeginning),
      new EventProducer(subject, new MemoryProducerEngine(memory), LETTERS),
      options,
    );
  }

  /**
   * Registers the handler of an event type. Before `start()` only.
   *
   * @param eventType The `event_type` to handle.
   * @param handler Called with each event of the type.
   * @returns The consumer, for chaining.
   */
  on<T = unknown>(eventType: string, handler: EventHandler<T>): this;
  /**
   * Registers the handler of an event type whose data is validated first.
   *
   * @param eventType The `event_type` to handle.
   * @param schema Any Standard Schema of the data.
   * @param handler Called with each event of the type.
   * @returns The consumer, for chaining.
   */
  on<T>(
    eventType: string,
    schema: StandardSchema<T>,
    handler: EventHandler<T>,
  ): this;
  on(
    eventType: string,
    schemaOrHandler: StandardSchema<unknown> | EventHandler<never>,
    handler?: EventHandler<never>,
  ): this {
    this.#consumer.on(eventType, schemaOrHandler, handler);
    return this;
  }

  /** Joins the group. */
  start(): Promise<void> {
    return this.#consumer.start();
  }

  /**
   * Waits for the handlers at work, commits, and leaves the group.
   *
   * @param options `timeoutMs`, 30,000 by default.
   * @returns What was finished and what was not.
   */
  stop(options: StopOptions = {}): Promise<ConsumerStopReport> {
    return this.#consumer.stop(options);
  }

  /** Starts no further handler until `resume()`. */
  pause(): void {
    this.#consumer.pause();
  }

  /** Goes on after `pause()`. */
  resume(): void {
    this.#consumer.resume();
  }

  /**
   * How the consumer is doing.
   *
   * @returns Its state, partitions, lag and last progress.
   */
  health(): ConsumerHealth {
    return this.#consumer.health();
  }

  /** The same as `stop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
