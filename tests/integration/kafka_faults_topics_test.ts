// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";

import { FatalEventError, KafkaBus } from "@huleedu/service-libs/kafka";
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
  const start = performance.now();
  const publishing = await Publishing.all(
    bus,
    uniqueName("missing"),
    10,
    keyOf,
  );
  note(`missing topic: said after ${Math.round(performance.now() - start)} ms`);
  assertEquals(publishing.acknowledged, []);
  for (const [, { code, outcome }] of publishing.failures) {
    assertEquals([code, outcome], ["unknown_topic", "not_sent"]);
  }
});

Deno.test("KafkaBus.publishEvent() waits for a topic that is just being created", async () => {
  await using bus = await KafkaBus.connect(server);
  const topic = uniqueName("late");
  const published = Publishing.all(bus, topic, 10, keyOf);
  await createPartitions(server.bootstrapServers, topic, 2);
  const publishing = await published;
  assertEquals(publishing.failures, []);
  await publishing.check(server.bootstrapServers);
});

Deno.test("KafkaConsumer takes up a topic that is created later, from its first event on", async () => {
  const topic = uniqueName("later");
  const logger = new LogWatch();
  const consuming = new Consuming();
  await using _consumer = await consuming.join({ ...server, topic, logger });
  await logger.said(/do not exist/);
  await createPartitions(server.bootstrapServers, topic, 2);
  await using bus = await KafkaBus.connect(server);
  const publishing = await Publishing.all(bus, topic, 10, keyOf);
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
  await using _consumer = await consuming.join({ ...server, topic });
  const logger = new LogWatch();
  await using bus = await KafkaBus.connect({ ...server, logger });
  for (const count of [20, 10]) {
    const publishing = await Publishing.all(bus, topic, count);
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
  const options = { ...server, topic, fromBeginning: true };
  await (await consuming.join(options)).stop();
  await using bus = await KafkaBus.connect(server);
  const publishing = await Publishing.all(bus, topic, 20);
  await deleteRecordsBefore(server.bootstrapServers, topic, 15);
  const logger = new LogWatch();
  await using second = await consuming.join({ ...options, logger });
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
  const consuming = new Consuming();
  const logger = new LogWatch();
  const options = {
    ...server,
    topic,
    fromBeginning: true,
    work: () => Promise.reject(new FatalEventError("Unusable")),
  };
  await using first = await consuming.join({ ...options, logger });
  await using bus = await KafkaBus.connect(server);
  const publishing = await Publishing.all(bus, topic, 1);
  await logger.said(/Dead letter cannot be published/);
  const report = await first.stop({ timeoutMs: 100 });
  assertEquals(report.abandoned, 1);
  assertEquals(
    await committedOffsets(server.bootstrapServers, topic, topic),
    [0],
  );

  await createPartitions(server.bootstrapServers, `${topic}.dlq`, 1);
  const again = consuming.next();
  await using second = await consuming.join(options);
  await again;
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
  await using consumer = await consuming.join({ ...server, topic });
  await using before = await KafkaBus.connect(server);
  await using old = new Publishing(before, topic).begin();
  await consuming.more(200);
  await addPartitions(server.bootstrapServers, topic, 5);
  await using after = await KafkaBus.connect(server);
  const fresh = await Publishing.all(after, topic, 100, keyOf);
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
  await Publishing.all(bus, topic, 20, keyOf);
  const consuming = new Consuming();
  const joinTwo = async (): Promise<AsyncDisposableStack> => {
    const join = () => consuming.join({ ...server, topic });
    const group = new AsyncDisposableStack();
    for (const each of await Promise.all([join(), join()])) group.use(each);
    return group;
  };
  await (await joinTwo()).disposeAsync();
  await addPartitions(server.bootstrapServers, topic, 5);
  await using after = await KafkaBus.connect(server);
  const missed = await Publishing.all(after, topic, 100, keyOf);
  await using _group = await joinTwo();
  await consuming.all(missed.acknowledged);
  const ids = new Set(missed.acknowledged.map(({ id }) => id));
  assert(consuming.handlings.every(({ id }) => ids.has(id)), "old events");
});

function keyOf(nth: number): string {
  return `key-${nth}`;
}
