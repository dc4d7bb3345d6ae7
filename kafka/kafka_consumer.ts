// Copyright 2026 the HuleEdu authors. MIT license.

import type { StandardSchema } from "../events/standard_schema.ts";
import type {
  ConsumerStopReport,
  EventConsumer,
  EventHandler,
  StopOptions,
} from "../protocols.ts";
import {
  checkConnectionOptions,
  type KafkaConnectionOptions,
  requirePositive,
  requireText,
  requireTopics,
} from "./connection_options.ts";
import { EventProducer } from "./event_producer.ts";
import { type ConsumerHealth, GroupConsumer } from "./group_consumer.ts";
import { GroupEngine } from "./_consumer_engine.ts";
import type { HandlerRetryOptions } from "./_event_handling.ts";
import { KafkaJsProducerEngine } from "./_producer_engine.ts";

export type { HandlerRetryOptions };

/** A record that a broker took may be larger as a dead letter than others allow. */
const LETTERS = { maxBatchBytes: 256 * 1024 * 1024 } as const;

/** Options of {@linkcode KafkaConsumer}. */
export interface KafkaConsumerOptions extends KafkaConnectionOptions {
  /** The group that shares the work. */
  readonly groupId: string;
  /** The topics to consume, at least one. */
  readonly topics: readonly string[];
  /**
   * Whether a group that has never committed begins with the oldest event, or
   * with the next one. Partitions that are added to a topic after the group began
   * with it are read from their oldest event either way, also when nobody of the
   * group was running then.
   *
   * @default {false}
   */
  readonly fromBeginning?: boolean;
  /**
   * How many events are handled at once. Those of one key never are.
   *
   * @default {16}
   */
  readonly concurrency?: number;
  /** How a failing handler is tried again. */
  readonly retry?: HandlerRetryOptions;
  /**
   * Where events go that cannot be handled: `<topic>.dlq` by default. `false`
   * means nowhere: a failing event is tried for ever, in front of those of its
   * key, and one that cannot be read, or whose handler throws
   * `FatalEventError`, is dropped with an error in the log.
   */
  readonly deadLetter?: false | {
    /** Names the dead-letter topic of a topic. */
    readonly topic?: (topic: string) => string;
  };
  /**
   * Milliseconds without a heartbeat until the group gives our partitions away.
   *
   * @default {30_000}
   */
  readonly sessionTimeoutMs?: number;
}

/**
 * Consumes events of a group's topics, each at least once: an offset is
 * committed only when everything before it is done or set aside. Events of one
 * key run in order, others side by side.
 *
 * A handler that throws is called again, later and later. When it has used up
 * its attempts, or throws `FatalEventError`, the event goes to the dead-letter
 * topic with its bytes as they came, as do bytes that are no event. Compose
 * `idempotent` from `./reliability` for effects that happen once.
 *
 * @example
 * ```ts ignore
 * import { KafkaConsumer } from "@huleedu/service-libs/kafka";
 *
 * await using consumer = new KafkaConsumer({
 *   clientId: "analyser",
 *   groupId: "analyser",
 *   bootstrapServers: "localhost:9092",
 *   topics: ["huleedu.essay.created.v1"],
 * });
 * consumer.on("huleedu.essay.created.v1", async (envelope, { logger }) => {
 *   logger.info("Essay created", { essay: envelope.data });
 * });
 * await consumer.start();
 * ```
 */
export class KafkaConsumer implements EventConsumer {
  readonly #consumer: GroupConsumer;

  /**
   * Does no I/O.
   *
   * @param options How to reach the cluster, what to consume, and how.
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(options: KafkaConsumerOptions) {
    const checked = checkConnectionOptions("KafkaConsumer", options);
    const groupId = requireText("KafkaConsumer", "groupId", options.groupId);
    const topics = requireTopics("KafkaConsumer", options.topics);
    const subject = `KafkaConsumer "${groupId}"`;
    const engine = new GroupEngine(checked, {
      groupId,
      topics,
      fromBeginning: options.fromBeginning ?? false,
      sessionTimeoutMs: requirePositive(
        "KafkaConsumer",
        "sessionTimeoutMs",
        options.sessionTimeoutMs ?? 30_000,
      ),
    });
    const deadLetters = new EventProducer(
      subject,
      new KafkaJsProducerEngine(checked, { id: 0, codec: null }),
      { ...LETTERS, ...(options.logger && { logger: options.logger }) },
    );
    this.#consumer = new GroupConsumer(subject, engine, deadLetters, options);
  }

  /**
   * Registers the handler of an event type. Before `start()` only; the last one
   * registered for a type counts.
   *
   * @param eventType The `event_type` to handle.
   * @param handler Called with each event of the type.
   * @returns The consumer, for chaining.
   * @throws {TypeError} If the consumer is started, or the handler is no function.
   */
  on<T = unknown>(eventType: string, handler: EventHandler<T>): this;
  /**
   * Registers the handler of an event type whose data is validated first. What
   * the schema refuses goes to the dead-letter topic at once.
   *
   * @param eventType The `event_type` to handle.
   * @param schema Any Standard Schema of the data.
   * @param handler Called with each event of the type.
   * @returns The consumer, for chaining.
   * @throws {TypeError} If the consumer is started, or the handler is no function.
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

  /**
   * Connects and joins the group; resolves once partitions are assigned. A
   * consumer that crashes later joins again by itself.
   *
   * @throws {KafkaConnectionError} If no broker answers within `connectTimeoutMs`.
   */
  start(): Promise<void> {
    return this.#consumer.start();
  }

  /**
   * Waits for the handlers at work, commits, and leaves the group. Handlers
   * that are not done within `timeoutMs` are aborted; their events come again,
   * as does that of a handler that itself calls this.
   *
   * @param options `timeoutMs`, 30,000 by default.
   * @returns What was finished and what was not.
   */
  stop(options: StopOptions = {}): Promise<ConsumerStopReport> {
    return this.#consumer.stop(options);
  }

  /**
   * Starts no further handler until `resume()`, and stays in the group.
   *
   * @throws {NotStartedError} If the consumer is not started.
   */
  pause(): void {
    this.#consumer.pause();
  }

  /**
   * Goes on after `pause()`.
   *
   * @throws {NotStartedError} If the consumer is not started.
   */
  resume(): void {
    this.#consumer.resume();
  }

  /**
   * How the consumer is doing, for a readiness probe.
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
