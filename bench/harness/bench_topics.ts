// Copyright 2026 the HuleEdu authors. MIT license.

import { Kafka, logLevel } from "kafkajs";
import type { Admin } from "kafkajs";

const PARTITIONS = 3;

/** A topic that one of those who are compared has for itself. */
export interface BenchTopic {
  readonly name: string;
  /** How many events were acknowledged; counted by who publishes. */
  acknowledged: number;
}

/** Topics that are removed at the end. */
export class BenchTopics implements AsyncDisposable {
  readonly #admin: Admin;
  readonly #topics: BenchTopic[] = [];

  /** Takes over a connected client. */
  constructor(admin: Admin) {
    this.#admin = admin;
  }

  /** Connects to a cluster. */
  static async connect(bootstrapServers: string): Promise<BenchTopics> {
    const kafka = new Kafka({
      clientId: "bench-admin",
      brokers: bootstrapServers.split(","),
      logLevel: logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    return new BenchTopics(admin);
  }

  /** Makes a topic with three partitions. */
  async create(label: string): Promise<BenchTopic> {
    const name = `bench.${label}.${crypto.randomUUID()}.v1`;
    await this.#admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: name, numPartitions: PARTITIONS }],
    });
    const topic = { name, acknowledged: 0 };
    this.#topics.push(topic);
    return topic;
  }

  /**
   * Looks whether what was acknowledged is there: who loses events does less.
   *
   * @throws {Error} If there is less of it.
   */
  async verify(): Promise<void> {
    for (const { name, acknowledged } of this.#topics) {
      const offsets = await this.#admin.fetchTopicOffsets(name);
      const stored = offsets.reduce(
        (sum, { high, low }) => sum + Number(high) - Number(low),
        0,
      );
      if (stored >= acknowledged) continue;
      throw new Error(
        `"${name}" has ${stored} of ${acknowledged} acknowledged events`,
      );
    }
  }

  /** Removes the topics. */
  async [Symbol.asyncDispose](): Promise<void> {
    const topics = this.#topics.map(({ name }) => name);
    if (topics.length > 0) await this.#admin.deleteTopics({ topics });
    await this.#admin.disconnect();
  }
}
