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
  type CheckedConnectionOptions,
  type KafkaConnectionOptions,
} from "./connection_options.ts";
import { type BusHealth, EventProducer } from "./event_producer.ts";
import {
  redriveDeadLetters,
  type RedriveOptions,
  type RedriveReport,
} from "./redrive_dead_letters.ts";
import { GroupEngine } from "./_consumer_engine.ts";
import { KafkaJsProducerEngine } from "./_producer_engine.ts";

const REDRIVE_SESSION_TIMEOUT_MS = 30_000;

/** Options of {@linkcode KafkaBus.redrive}. */
export interface KafkaRedriveOptions extends RedriveOptions {
  /** Where the dead letters are; `<topic>.dlq` by default. */
  readonly deadLetterTopic?: string;
}

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
  readonly #connection: CheckedConnectionOptions;

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
    this.#connection = checked;
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

  /**
   * Puts dead letters back on their topic, each once, with key, value and
   * headers as they first came, those of a partition in their order. Those that
   * the filter passes over move to the end of the dead-letter topic. Letters
   * that arrive meanwhile are left.
   *
   * Hundreds are on their way at once. When one fails, those behind it that were
   * sent already stay sent: it moves to the end of the dead-letter topic then.
   * Where spans are recorded each has one, which its `traceparent` names.
   *
   * @param topic The topic they came from; its dead letters are in `<topic>.dlq`
   * unless the options say otherwise.
   * @param options Filter, limit and abort signal.
   * @returns How many were put back, and how many passed over.
   * @throws {NotStartedError} If the bus is not started.
   * @throws {PublishError} If a letter is not acknowledged; it is still one.
   */
  async redrive(
    topic: string,
    options: KafkaRedriveOptions = {},
  ): Promise<RedriveReport> {
    this.#producer.requireStarted();
    const letters = options.deadLetterTopic ?? `${topic}.dlq`;
    const engine = new GroupEngine(this.#connection, {
      groupId: `${letters}.redrive`,
      topics: [letters],
      fromBeginning: true,
      sessionTimeoutMs: REDRIVE_SESSION_TIMEOUT_MS,
    });
    return await redriveDeadLetters(
      engine,
      this.#producer,
      topic,
      letters,
      options,
    );
  }

  /**
   * How the bus is doing, for a readiness probe.
   *
   * @returns Its state, and how many events are not settled yet.
   */
  health(): BusHealth {
    return this.#producer.health();
  }

  /** The same as `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
