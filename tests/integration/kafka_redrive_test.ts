// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";

import { createEnvelope } from "../../events/mod.ts";
import { KafkaBus, KafkaConsumer } from "../../kafka/mod.ts";
import { createPartitions } from "./_kafka_admin.ts";
import { readRaw } from "./_kafka_harness.ts";
import { Publishing } from "./_publishing.ts";
import { kafkaBootstrapServers } from "./_services.ts";

Deno.test("KafkaBus.redrive() puts dead letters back on their topic once", async () => {
  const bootstrapServers = kafkaBootstrapServers();
  const server = { clientId: "redrive", bootstrapServers };
  const topic = `huleedu.redrive.${crypto.randomUUID()}.v1`;
  await using bus = await KafkaBus.connect({ ...server, compression: "gzip" });
  let isBroken = true;
  let handled = 0;
  await using consumer = new KafkaConsumer({
    ...server,
    groupId: `redrive-${crypto.randomUUID()}`,
    topics: [topic],
    fromBeginning: true,
    retry: { maxAttempts: 1 },
  });
  const all = new Promise<void>((resolve) =>
    consumer.on(topic, () => {
      if (isBroken) return Promise.reject(new Error("Broken"));
      if (++handled === 10) resolve();
      return Promise.resolve();
    })
  );
  await consumer.start();
  const events = Array.from(
    { length: 10 },
    (_, nth) =>
      createEnvelope({ eventType: topic, sourceService: "t", data: { nth } }),
  );
  await Promise.all(events.map((event) => bus.publishEvent(topic, event)));
  await readRaw(bootstrapServers, `${topic}.dlq`, 10);

  isBroken = false;
  assertEquals(await bus.redrive(topic), { redriven: 10, kept: 0 });
  await all;
  assertEquals(await bus.redrive(topic), { redriven: 0, kept: 0 });
  assertEquals(bus.health(), { state: "running", unsettled: 0 });
});

Deno.test("KafkaBus.redrive() doubles none and keeps each key in order, also of two at once", async () => {
  const bootstrapServers = kafkaBootstrapServers();
  const server = { clientId: "redrive", bootstrapServers };
  const topic = `huleedu.redrive.${crypto.randomUUID()}.v1`;
  await createPartitions(bootstrapServers, topic, 3);
  await createPartitions(bootstrapServers, `${topic}.dlq`, 3);
  await using bus = await KafkaBus.connect(server);
  await using other = await KafkaBus.connect(server);
  const key = (nth: number) => `key-${nth % 20}`;
  const letters = await Publishing.all(bus, `${topic}.dlq`, 3_000, key);

  const reports = await Promise.all([bus.redrive(topic), other.redrive(topic)]);
  assertEquals(
    reports.reduce((sum, { redriven }) => sum + redriven, 0),
    3_000,
  );
  await letters.check(bootstrapServers, topic);
  assertEquals(await bus.redrive(topic), { redriven: 0, kept: 0 });
});
