// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";

import { KafkaBus } from "@huleedu/service-libs/kafka";
import { startKafka } from "../../tools/services/mod.ts";
import { note } from "../../tools/terminal.ts";
import { Consuming } from "./_consuming.ts";
import { FAST_RESTART } from "./_kafka_faults.ts";
import { createTopic } from "./_kafka_harness.ts";
import { committedOffsets, endOffsets } from "./_kafka_admin.ts";
import { LogWatch } from "./_log_watch.ts";
import { Publishing } from "./_publishing.ts";

const OUTAGES_S = [1, 3, 10] as const;

Deno.test("KafkaBus and KafkaConsumer go on after outages of the broker, and lose nothing", async () => {
  await using broker = await startKafka({ properties: FAST_RESTART });
  const bootstrapServers = `127.0.0.1:${broker.port}`;
  const logger = new LogWatch();
  const server = { clientId: "faults", bootstrapServers, logger };
  const topic = "outages";
  await createTopic(bootstrapServers, topic);
  const consuming = new Consuming();
  await using consumer = await consuming.join({ ...server, topic });
  await using bus = await KafkaBus.connect(server);
  await using publishing = new Publishing(bus, topic).begin();
  for (const seconds of OUTAGES_S) {
    await Promise.all([publishing.more(500), consuming.more(500)]);
    await broker.kill("SIGKILL");
    await delay(seconds * 1_000);
    const times = [
      broker.restart().then(() => performance.now()),
      publishing.next().then(() => performance.now()),
      consuming.next().then(() => performance.now()),
    ] as const;
    const [ready, published, consumed] = await Promise.all(times);
    note(
      `outage of ${seconds} s: publishing ${
        Math.round(published - ready)
      } ms, ` +
        `consuming ${Math.round(consumed - ready)} ms after readiness`,
    );
  }
  await publishing.finish();
  await consuming.all(publishing.acknowledged);
  assertEquals((await consumer.stop()).uncommitted, 0);
  const { failed, ...counts } = await publishing.check(bootstrapServers);
  assertEquals(failed, 0);
  await consuming.check(bootstrapServers, topic);
  assertEquals(
    await committedOffsets(bootstrapServers, topic, topic),
    await endOffsets(bootstrapServers, topic),
  );
  const { duplicates } = consuming;
  note(`outages: ${JSON.stringify({ ...counts, handledAgain: duplicates })}`);
  // Bus and consumer each say that it is gone and that it is back, not each try.
  const said = new Set(logger.lines.map(([, message]) => message));
  assertEquals([...said], [
    "Kafka does not answer; trying again",
    "Kafka answers again",
  ]);
  assert(logger.lines.length < 10 * OUTAGES_S.length);
});
