// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";

import { KafkaBus, type KafkaConsumer } from "@huleedu/service-libs/kafka";
import { note } from "../../tools/terminal.ts";
import { Consuming } from "./_consuming.ts";
import {
  committedOffsets,
  createPartitions,
  endOffsets,
} from "./_kafka_admin.ts";
import { Publishing } from "./_publishing.ts";
import { kafkaBootstrapServers, uniqueName } from "./_services.ts";

const PARTITIONS = 6;
const HANDLER_MAX_MS = 20;

Deno.test("KafkaConsumers that join and leave under load handle every event once and in order", async () => {
  const bootstrapServers = kafkaBootstrapServers();
  const server = { clientId: "faults", bootstrapServers };
  const topic = uniqueName("rebalance");
  await createPartitions(bootstrapServers, topic, PARTITIONS);
  const consuming = new Consuming();
  const join = (member: string): Promise<KafkaConsumer> =>
    consuming.join({
      ...server,
      topic,
      member,
      concurrency: 64,
      sessionTimeoutMs: 6_000,
      work: () => delay(Math.random() * HANDLER_MAX_MS),
    });
  await using first = await join("first");
  await using bus = await KafkaBus.connect(server);
  await using publishing = new Publishing(bus, topic).begin();
  await consuming.more(300);
  await using second = await join("second");
  await consuming.until(() => consuming.members.has("second"));
  await using third = await join("third");
  await consuming.until(() => consuming.members.has("third"));
  await consuming.more(300);
  const reports = [await first.stop()];
  await consuming.more(300);
  await using fourth = await join("fourth");
  reports.push(...await Promise.all([second.stop(), third.stop()]));
  await consuming.more(300);
  await publishing.finish();
  await consuming.all(publishing.acknowledged);
  reports.push(await fourth.stop());

  for (const { abandoned, uncommitted } of reports) {
    assertEquals([abandoned, uncommitted], [0, 0]);
  }
  const { failed, ...counts } = await publishing.check(bootstrapServers);
  assertEquals(failed, 0);
  await consuming.check(bootstrapServers, topic);
  assertEquals(
    await committedOffsets(bootstrapServers, topic, topic),
    await endOffsets(bootstrapServers, topic),
  );
  const { duplicates: handledAgain } = consuming;
  note(`joining and leaving: ${JSON.stringify({ ...counts, handledAgain })}`);
  // A rebalance waits for handlers as quick as these, and commits first.
  assertEquals(handledAgain, 0);
  assert(consuming.members.size === 4);
});
