// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";

import {
  FatalEventError,
  KafkaBus,
  KafkaConsumer,
} from "@huleedu/service-libs/kafka";
import { type RunningServer, startKafka } from "../../tools/services/mod.ts";
import { note } from "../../tools/terminal.ts";
import { Consuming } from "./_consuming.ts";
import {
  addPartitions,
  administer,
  committedOffsets,
  createPartitions,
  deleteRecordsBefore,
} from "./_kafka_admin.ts";
import { readLog } from "./_kafka_log.ts";
import { LogWatch } from "./_log_watch.ts";
import { Publishing } from "./_publishing.ts";
import { uniqueName } from "./_services.ts";

let broker: RunningServer;
let server: { readonly clientId: string; readonly bootstrapServers: string };

Deno.test.beforeAll(async () => {
  broker = await startKafka({
    properties: { "auto.create.topics.enable": "false" },
  });
  const bootstrapServers = `127.0.0.1:${broker.port}`;
  server = { clientId: "faults", bootstrapServers };
});

Deno.test.afterAll(async () => {
  await broker[Symbol.asyncDispose]();
});

Deno.test("KafkaBus.publishEvent() says that a topic does not exist", async () => {
  await using bus = await KafkaBus.connect(server);
  const publishing = new Publishing(bus, uniqueName("missing"));
  const start = performance.now();
  for (let nth = 0; nth < 10; nth++) publishing.publish(`key-${nth}`);
  await publishing.finish();
  note(`missing topic: said after ${Math.round(performance.now() - start)} ms`);
  assertEquals(publishing.acknowledged, []);
  for (const [, { code, outcome }] of publishing.failures) {
    assertEquals([code, outcome], ["unknown_topic", "not_sent"]);
  }
});

Deno.test("KafkaBus.publishEvent() waits for a topic that is just being created", async () => {
  await using bus = await KafkaBus.connect(server);
  const topic = uniqueName("late");
  const publishing = new Publishing(bus, topic);
  for (let nth = 0; nth < 10; nth++) publishing.publish(`key-${nth}`);
  await createPartitions(server.bootstrapServers, topic, 2);
  await publishing.finish();
  assertEquals(publishing.failures, []);
  await publishing.check(server.bootstrapServers);
});

Deno.test("KafkaConsumer takes up a topic that is created later, from its first event on", async () => {
  const topic = uniqueName("later");
  const logger = new LogWatch();
  const consuming = new Consuming();
  await using consumer = new KafkaConsumer({
    ...server,
    groupId: topic,
    topics: [topic],
    logger,
  });
  consumer.on(topic, consuming.handler("only"));
  await consumer.start();
  await logger.said(/do not exist/);
  await createPartitions(server.bootstrapServers, topic, 2);
  await using bus = await KafkaBus.connect(server);
  const publishing = new Publishing(bus, topic);
  for (let nth = 0; nth < 10; nth++) publishing.publish(`key-${nth}`);
  await publishing.finish();
  await consuming.all(publishing.acknowledged);
  assertEquals(consuming.duplicates, 0);
});

Deno.test("KafkaBus.publishEvent() fails an event alone that the broker finds too large", async () => {
  const topic = uniqueName("small");
  const limit = { "max.message.bytes": "3000" };
  await createPartitions(server.bootstrapServers, topic, 1, limit);
  await using bus = await KafkaBus.connect({ ...server, compression: "gzip" });
  const publishing = new Publishing(bus, topic);
  const random = crypto.getRandomValues(new Uint8Array(6_000)).toHex();
  const monotonous = "a".repeat(12_000);
  for (let nth = 0; nth < 60; nth++) {
    const padding = [20, 40].includes(nth) ? { padding: random } : {};
    publishing.publish(
      `key-${nth % 3}`,
      nth === 30 ? { padding: monotonous } : padding,
    );
  }
  await publishing.finish();
  const { failed, ...counts } = await publishing.check(server.bootstrapServers);
  assertEquals([failed, counts.acknowledged], [2, 58]);
  for (const [{ nth }, { code, outcome }] of publishing.failures) {
    assert([20, 40].includes(nth));
    assertEquals([code, outcome], ["too_large", "not_sent"]);
  }
});

Deno.test("KafkaBus and KafkaConsumer take a topic anew that was deleted and created again", async () => {
  const topic = uniqueName("again");
  await createPartitions(server.bootstrapServers, topic, 1);
  const consuming = new Consuming();
  await using consumer = new KafkaConsumer({
    ...server,
    groupId: topic,
    topics: [topic],
  });
  consumer.on(topic, consuming.handler("only"));
  await consumer.start();
  const logger = new LogWatch();
  await using bus = await KafkaBus.connect({ ...server, logger });
  for (const count of [20, 10]) {
    const publishing = new Publishing(bus, topic);
    for (let nth = 0; nth < count; nth++) publishing.publish(null);
    await publishing.finish();
    await consuming.all(publishing.acknowledged);
    await administer(
      server.bootstrapServers,
      (admin) => admin.deleteTopics({ topics: [topic] }),
    );
    await createPartitions(server.bootstrapServers, topic, 1);
  }
  assertEquals(consuming.duplicates, 0);
  assertEquals(logger.lines, []);
});

Deno.test("KafkaConsumer goes on with the oldest event when what it would read is deleted", async () => {
  const topic = uniqueName("short");
  await createPartitions(server.bootstrapServers, topic, 1);
  const consuming = new Consuming();
  const options = {
    ...server,
    groupId: topic,
    topics: [topic],
    fromBeginning: true,
  };
  await using first = new KafkaConsumer(options);
  first.on(topic, consuming.handler("first"));
  await first.start();
  await first.stop();
  await using bus = await KafkaBus.connect(server);
  const publishing = new Publishing(bus, topic);
  for (let nth = 0; nth < 20; nth++) publishing.publish(null);
  await publishing.finish();
  await deleteRecordsBefore(server.bootstrapServers, topic, 15);
  const logger = new LogWatch();
  await using second = new KafkaConsumer({ ...options, logger });
  second.on(topic, consuming.handler("second"));
  await second.start();
  await consuming.all(publishing.acknowledged.slice(15));
  await logger.said(/deleted before they were read/);
  assertEquals((await second.stop()).uncommitted, 0);
  assertEquals(consuming.handlings.map(({ offset }) => offset).sort(), [
    ...[15, 16, 17, 18, 19],
  ]);
});

Deno.test("KafkaConsumer does not commit an event whose dead letter cannot be published", async () => {
  const topic = uniqueName("source");
  await createPartitions(server.bootstrapServers, topic, 1);
  const options = {
    ...server,
    groupId: topic,
    topics: [topic],
    fromBeginning: true,
  };
  const logger = new LogWatch();
  const first = new KafkaConsumer({ ...options, logger });
  first.on(topic, () => Promise.reject(new FatalEventError("Unusable")));
  await first.start();
  await using bus = await KafkaBus.connect(server);
  const publishing = new Publishing(bus, topic);
  publishing.publish(null);
  await publishing.finish();
  await logger.said(/Dead letter cannot be published/);
  const report = await first.stop({ timeoutMs: 100 });
  assertEquals(report.abandoned, 1);
  assertEquals(
    await committedOffsets(server.bootstrapServers, topic, topic),
    [0],
  );

  await createPartitions(server.bootstrapServers, `${topic}.dlq`, 1);
  const consuming = new Consuming();
  const second = new KafkaConsumer(options);
  second.on(
    topic,
    consuming.handler(
      "second",
      () => Promise.reject(new FatalEventError("Unusable")),
    ),
  );
  await second.start();
  await consuming.next();
  assertEquals((await second.stop()).uncommitted, 0);
  const letters = await readLog(server.bootstrapServers, `${topic}.dlq`);
  assertEquals(
    letters.map(({ id }) => id),
    publishing.acknowledged.map(({ id }) => id),
  );
  assertEquals(
    await committedOffsets(server.bootstrapServers, topic, topic),
    [1],
  );
});

Deno.test("KafkaConsumer takes up partitions that are added under load, from their first event on", async () => {
  const topic = uniqueName("growing");
  await createPartitions(server.bootstrapServers, topic, 2);
  const consuming = new Consuming();
  await using consumer = new KafkaConsumer({
    ...server,
    groupId: topic,
    topics: [topic],
  });
  consumer.on(topic, consuming.handler("only"));
  await consumer.start();
  await using before = await KafkaBus.connect(server);
  await using old = new Publishing(before, topic).begin();
  await consuming.more(200);
  await addPartitions(server.bootstrapServers, topic, 5);
  await using after = await KafkaBus.connect(server);
  const fresh = new Publishing(after, topic);
  for (let nth = 0; nth < 100; nth++) fresh.publish(`key-${nth}`);
  await fresh.finish();
  await consuming.all(fresh.acknowledged);
  await old.finish();
  await consuming.all(old.acknowledged);
  const partitions = new Set(consuming.handlings.map((each) => each.partition));
  assertEquals(partitions.size, 5);
  assertEquals((await consumer.stop()).uncommitted, 0);
  assertEquals(consuming.duplicates, 0);
  for (const each of [old, fresh]) {
    assertEquals((await each.check(server.bootstrapServers)).failed, 0);
  }
  await consuming.check(server.bootstrapServers, topic);
});

Deno.test("KafkaConsumer reads partitions from their first event on that were added while its group was down", async () => {
  const topic = uniqueName("grown");
  await createPartitions(server.bootstrapServers, topic, 2);
  await using bus = await KafkaBus.connect(server);
  const history = new Publishing(bus, topic);
  for (let nth = 0; nth < 20; nth++) history.publish(`key-${nth}`);
  await history.finish();
  const consuming = new Consuming();
  const start = async (): Promise<KafkaConsumer> => {
    const options = { ...server, groupId: topic, topics: [topic] };
    const consumer = new KafkaConsumer(options);
    consumer.on(topic, consuming.handler("any"));
    await consumer.start();
    return consumer;
  };
  const stop = (members: readonly KafkaConsumer[]) =>
    Promise.all(members.map((each) => each.stop()));
  await stop(await Promise.all([start(), start()]));
  await addPartitions(server.bootstrapServers, topic, 5);
  await using after = await KafkaBus.connect(server);
  const missed = new Publishing(after, topic);
  for (let nth = 0; nth < 100; nth++) missed.publish(`key-${nth}`);
  await missed.finish();
  const members = await Promise.all([start(), start()]);
  await consuming.all(missed.acknowledged);
  await stop(members);
  const ids = new Set(missed.acknowledged.map(({ id }) => id));
  assert(consuming.handlings.every(({ id }) => ids.has(id)), "old events");
});
