// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import { Kafka, type KafkaConfig, logLevel } from "kafkajs";
import { KafkaBus, KafkaConsumer } from "@huleedu/service-libs/kafka";
import type {
  EventBusHarness,
  HarnessRecord,
} from "@huleedu/service-libs/testing/conformance";

/** Opens a plain kafkajs client. */
export type OpenKafka = (bootstrapServers: string) => Kafka;

/** Gives the event bus suite the real broker. */
export function kafkaHarness(
  bootstrapServers: string,
  open: OpenKafka = plainKafka,
): EventBusHarness {
  const server = { clientId: "conformance", bootstrapServers };
  return {
    createPublisher: () => new KafkaBus(server),
    createConsumer: (options) =>
      new KafkaConsumer({ ...server, ...options, fromBeginning: true }),
    putRaw: (topic, value) => putRaw(open(bootstrapServers), topic, value),
    readRaw: (topic, count) => readRaw(open(bootstrapServers), topic, count),
  };
}

/** The configuration of a client that looks at topics from outside. */
export function plainConfig(bootstrapServers: string): KafkaConfig {
  return {
    clientId: "outside",
    brokers: bootstrapServers.split(","),
    logLevel: logLevel.NOTHING,
  };
}

function plainKafka(bootstrapServers: string): Kafka {
  return new Kafka(plainConfig(bootstrapServers));
}

async function putRaw(
  kafka: Kafka,
  topic: string,
  value: Uint8Array,
): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  try {
    const messages = [{ key: null, value: Buffer.from(value) }];
    await producer.send({ topic, messages });
  } finally {
    await producer.disconnect();
  }
}

/** Creates a topic that is not there yet. */
export async function createTopic(
  kafka: Kafka,
  topic: string,
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** Reads the first `count` records of a topic, from outside the library. */
export async function readRaw(
  kafka: Kafka,
  topic: string,
  count: number,
): Promise<HarnessRecord[]> {
  await createTopic(kafka, topic);
  const consumer = kafka.consumer({
    groupId: `outside-${crypto.randomUUID()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const records: HarnessRecord[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer.run({
        eachMessage: ({ message }) => {
          const headers: Record<string, string> = {};
          for (const [name, each] of Object.entries(message.headers ?? {})) {
            headers[name] = String(each);
          }
          records.push({ value: String(message.value), headers });
          if (records.length >= count) resolve();
          return Promise.resolve();
        },
      }).catch(reject);
    });
    return records;
  } finally {
    await consumer.disconnect();
  }
}
