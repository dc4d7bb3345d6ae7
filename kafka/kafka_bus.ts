// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import type {
  EventPublisher,
  Lifecycle,
  PublishOptions,
  PublishOutcome,
  StopOptions,
} from "../protocols.ts";
import { compressionByName, type CompressionName } from "./compression.ts";
import {
  checkConnectionOptions,
  type KafkaConnectionOptions,
} from "./connection_options.ts";
import { EventProducer } from "./event_producer.ts";
import { KafkaJsProducerEngine } from "./_producer_engine.ts";

/** Options of {@linkcode KafkaBus}. */
export interface KafkaBusOptions extends KafkaConnectionOptions {
  /**
   * Milliseconds from a call to the acknowledgement, retries included.
   *
   * @default {120_000}
   */
  readonly deliveryTimeoutMs?: number;
  /**
   * Bytes of events that may wait to be sent; more makes callers wait.
   *
   * @default {33_554_432}
   */
  readonly maxQueuedBytes?: number;
  /**
   * The most bytes of events in one batch, and so the largest event.
   *
   * @default {1_048_576}
   */
  readonly maxBatchBytes?: number;
  /**
   * How batches are compressed; all but `"gzip"` need a codec in `codecs`.
   *
   * @default {"none"}
   */
  readonly compression?: CompressionName;
  /**
   * Sends the headers that Python services read: `event_id`, `event_type`,
   * `trace_id` (the correlation id), `source_service`, `schema_version`,
   * `occurred_at` and `content_type`. The body carries all of it already.
   *
   * @default {false}
   */
  readonly standardHeaders?: boolean;
}

/**
 * Publishes events to Kafka, each once and for certain.
 *
 * An event's partition is fixed before the first attempt, and each partition
 * has one batch on its way, retries included, so that the broker's sequence
 * check removes every copy. Calls made meanwhile ride the next batch.
 *
 * @example
 * ```ts ignore
 * import { createEnvelope } from "@huleedu/service-libs/events";
 * import { KafkaBus } from "@huleedu/service-libs/kafka";
 *
 * await using bus = await KafkaBus.connect({
 *   clientId: "essays",
 *   bootstrapServers: "localhost:9092",
 * });
 * await bus.publishEvent(
 *   "huleedu.essay.created.v1",
 *   createEnvelope({
 *     eventType: "huleedu.essay.created.v1",
 *     sourceService: "essays",
 *     data: { essay_id: "e1" },
 *   }),
 *   { key: "e1" },
 * );
 * ```
 */
export class KafkaBus implements EventPublisher, Lifecycle {
  readonly #producer: EventProducer;

  /**
   * Does no I/O.
   *
   * @param options How to reach the cluster, and limits.
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(options: KafkaBusOptions) {
    const checked = checkConnectionOptions("KafkaBus", options);
    const compression = compressionByName(
      "KafkaBus",
      options.compression ?? "none",
      checked.codecs,
    );
    this.#producer = new EventProducer(
      `KafkaBus "${checked.clientId}"`,
      new KafkaJsProducerEngine(checked, compression),
      options,
    );
  }

  /**
   * Creates a bus and starts it.
   *
   * @param options As for the constructor.
   * @returns The started bus.
   * @throws {KafkaConnectionError} If no broker answers within `connectTimeoutMs`.
   */
  static async connect(options: KafkaBusOptions): Promise<KafkaBus> {
    const bus = new KafkaBus(options);
    await bus.start();
    return bus;
  }

  /**
   * Connects. Twice is one start.
   *
   * @throws {KafkaConnectionError} If no broker answers within `connectTimeoutMs`.
   */
  start(): Promise<void> {
    return this.#producer.start();
  }

  /**
   * Sends what was called for, then disconnects. What cannot be sent within
   * `timeoutMs` is rejected; nothing is dropped silently.
   *
   * @param options `timeoutMs`, 30,000 by default.
   */
  stop(options: StopOptions = {}): Promise<void> {
    return this.#producer.stop(options);
  }

  /**
   * Publishes an event; resolves once all in-sync replicas have it.
   *
   * @param topic The topic to publish on.
   * @param envelope The event.
   * @param options Key, headers and abort signal.
   * @returns Always `"sent"`.
   * @throws {NotStartedError} If the bus is not started.
   * @throws {EnvelopeError} If the envelope cannot be serialised.
   * @throws {PublishError} If the event is not acknowledged; `outcome` says
   * whether it may be in the log all the same.
   */
  publishEvent<T>(
    topic: string,
    envelope: EventEnvelope<T>,
    options: PublishOptions = {},
  ): Promise<PublishOutcome> {
    return this.#producer.publishEvent(topic, envelope, options);
  }

  /** The same as `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
