// Copyright 2026 the HuleEdu authors. MIT license.

import type { Producer } from "npm:@platformatic/kafka@^2.12";

type TextProducer = Producer<string, string, string, string>;

/** An idempotent producer of @platformatic/kafka, with every replica's word. */
export class PlatformaticPublisher implements AsyncDisposable {
  readonly #producer: TextProducer;

  /** Takes over a producer. */
  constructor(producer: TextProducer) {
    this.#producer = producer;
  }

  /** Connects to a cluster; `undefined` where the package does not start. */
  static async connect(
    bootstrapServers: string,
  ): Promise<PlatformaticPublisher | undefined> {
    // It calls Promise.withResolvers, which Node 20 has not.
    if (!("withResolvers" in Promise)) return undefined;
    const { ProduceAcks, Producer, stringSerializers } = await import(
      "npm:@platformatic/kafka@^2.12"
    );
    const producer = new Producer({
      clientId: "bench-platformatic",
      bootstrapBrokers: bootstrapServers.split(","),
      idempotent: true,
      acks: ProduceAcks.ALL,
      serializers: stringSerializers,
    });
    return new PlatformaticPublisher(producer);
  }

  /** Sends one event. */
  async send(topic: string, value: string): Promise<void> {
    await this.#producer.send({ messages: [{ topic, value }] });
  }

  /** Disconnects. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer.close();
  }
}
