// Copyright 2026 the HuleEdu authors. MIT license.

import {
  KafkaConnectionError,
  type KafkaConnectionOptions,
} from "@huleedu/service-libs/kafka";
import {
  type Admin,
  type Consumer,
  type Kafka,
  type KafkaConfig,
  type KafkaMessage,
  logLevel,
} from "kafkajs";
import { poll } from "./poll.ts";
import { quietKafka } from "./quiet_kafka.ts";
import type { TopicRecord, Topics } from "./topics.ts";

const READ_TIMEOUT_MS = 20_000;

type KafkaSasl = NonNullable<KafkaConfig["sasl"]>;

/** Where a partition begins and ends: the first offset, and the next one. */
interface Watermarks {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A view of Kafka's topics by way of kafkajs, without this library: what it sees
 * is what any other program sees there.
 */
export class KafkaTopics implements Topics, AsyncDisposable {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  readonly #records = new Map<string, TopicRecord[]>();
  /** The next offset to read, by topic and partition. */
  readonly #positions = new Map<string, Map<number, number>>();

  private constructor(kafka: Kafka, admin: Admin, consumer: Consumer) {
    this.#kafka = kafka;
    this.#admin = admin;
    this.#consumer = consumer;
  }

  /**
   * Opens a view; topics that do not exist are created.
   *
   * @param options How to reach Kafka.
   * @param topics The topics to look at.
   * @returns The view.
   */
  static async open(
    options: KafkaConnectionOptions,
    topics: readonly string[],
  ): Promise<KafkaTopics> {
    const brokers = String(options.bootstrapServers).split(",");
    const kafka = quietKafka({
      clientId: "essay_desk_observer",
      brokers,
      logLevel: logLevel.NOTHING,
      retry: { retries: 3 },
      ...options.ssl && { ssl: options.ssl as true },
      ...options.sasl && { sasl: options.sasl as KafkaSasl },
    });
    const consumer = kafka.consumer({
      groupId: `essay_desk_observer-${crypto.randomUUID()}`,
      maxWaitTimeInMs: 100,
    });
    const view = new KafkaTopics(kafka, kafka.admin(), consumer);
    try {
      await view.#start(topics);
      return view;
    } catch (cause) {
      await view[Symbol.asyncDispose]();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new KafkaConnectionError(brokers, reason, { cause });
    }
  }

  async #start(topics: readonly string[]): Promise<void> {
    await Promise.all([this.#admin.connect(), this.#consumer.connect()]);
    await this.#admin.createTopics({
      waitForLeaders: true,
      topics: topics.map((topic) => ({ topic })),
    });
    for (const topic of topics) {
      this.#records.set(topic, []);
      const ends = await this.#watermarks(topic);
      this.#positions.set(
        topic,
        new Map(ends.map(({ partition, high }) => [partition, high])),
      );
    }
    await this.#consumer.subscribe({
      topics: [...topics],
      fromBeginning: true,
    });
    await this.#consumer.run({
      autoCommit: false,
      eachMessage: ({ topic, partition, message }) => {
        this.#take(topic, partition, message);
        return Promise.resolve();
      },
    });
    for (const [topic, positions] of this.#positions) {
      for (const [partition, offset] of positions) {
        this.#consumer.seek({ topic, partition, offset: String(offset) });
      }
    }
  }

  #take(
    topic: string,
    partition: number,
    { offset, value, headers = {} }: KafkaMessage,
  ): void {
    const positions = this.#positions.get(topic)!;
    // Until it has sought, the consumer may read what was there before.
    if (Number(offset) < (positions.get(partition) ?? 0)) return;
    positions.set(partition, Number(offset) + 1);
    this.#records.get(topic)!.push({
      value: value && value.toString(),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, String(text)]),
      ),
    });
  }

  /** Puts a record on a topic with a producer of kafkajs. */
  async put(topic: string, text: string): Promise<void> {
    const producer = this.#kafka.producer();
    await producer.connect();
    try {
      await producer.send({ topic, messages: [{ key: null, value: text }] });
    } finally {
      await producer.disconnect();
    }
  }

  /** What has come into a topic since the view was opened, up to now. */
  async records(topic: string): Promise<readonly TopicRecord[]> {
    const ends = await this.#watermarks(topic);
    const positions = this.#positions.get(topic)!;
    await poll(
      () =>
        ends.every(({ partition, high }) =>
          (positions.get(partition) ?? 0) >= high
        ),
      AbortSignal.timeout(READ_TIMEOUT_MS),
    );
    return [...this.#records.get(topic)!];
  }

  /** Waits until the group has committed all that is in the topic now. */
  async untilDrained(
    groupId: string,
    topic: string,
    signal: AbortSignal,
  ): Promise<void> {
    const ends = await this.#watermarks(topic);
    const filled = ends.filter(({ low, high }) => high > low);
    await poll(async () => {
      const [found] = await this.#admin.fetchOffsets({
        groupId,
        topics: [topic],
      });
      const committed = found?.partitions ?? [];
      return filled.every(({ partition, high }) =>
        committed.some((each) =>
          each.partition === partition && Number(each.offset) >= high
        )
      );
    }, signal);
  }

  async #watermarks(topic: string): Promise<Watermarks[]> {
    const partitions = await this.#admin.fetchTopicOffsets(topic);
    return partitions.map(({ partition, low, high }) => ({
      partition,
      low: Number(low),
      high: Number(high),
    }));
  }

  /** Closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#consumer.disconnect(), this.#admin.disconnect()]);
  }
}
