// Copyright 2026 the HuleEdu authors. MIT license.

import { Kafka, logLevel } from "kafkajs";
import type { Message, Producer } from "kafkajs";

const ACKS_ALL = -1;

/** A kafkajs producer as it is used in services, with every replica's word. */
export class KafkaJsPublisher implements AsyncDisposable {
  readonly #producer: Producer;

  /** Takes over a connected producer. */
  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Connects to a cluster. */
  static async connect(
    bootstrapServers: string,
    { idempotent }: { readonly idempotent: boolean },
  ): Promise<KafkaJsPublisher> {
    const kafka = new Kafka({
      clientId: "bench-kafkajs",
      brokers: bootstrapServers.split(","),
      logLevel: logLevel.NOTHING,
    });
    const producer = kafka.producer({ idempotent });
    await producer.connect();
    return new KafkaJsPublisher(producer);
  }

  /** Sends messages in one call. */
  async send(topic: string, messages: Message[]): Promise<void> {
    await this.#producer.send({ topic, acks: ACKS_ALL, messages });
  }

  /** Disconnects. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer.disconnect();
  }
}
