// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";

import { setImmediate } from "node:timers";

import {
  KafkaBus,
  KafkaConnectionError,
  KafkaConsumer,
} from "@huleedu/service-libs/kafka";
import { FaultProxy } from "@huleedu/service-libs/testing";
import { freePort, startKafka } from "../../tools/services/mod.ts";
import { Consuming } from "./_consuming.ts";
import { createPartitions } from "./_kafka_admin.ts";
import { FAST_RESTART } from "./_kafka_faults.ts";
import { Publishing } from "./_publishing.ts";
import { kafkaBootstrapServers, uniqueName } from "./_services.ts";

/** Long enough for a busy machine, and far below what a hang would take. */
const SOON_MS = 5_000;
const CONNECT_TIMEOUT_MS = 1_000;

Deno.test("KafkaBus and KafkaConsumer keep their promises while the broker hangs and after it is gone", async () => {
  await using broker = await startKafka({ properties: FAST_RESTART });
  const bootstrapServers = `127.0.0.1:${broker.port}`;
  const server = { clientId: "faults", bootstrapServers };
  const topic = "stop";
  await createPartitions(bootstrapServers, topic, 1);
  await using bus = await KafkaBus.connect(server);
  const publishing = new Publishing(bus, topic);
  publishing.publish(null);
  await publishing.next();

  // One event flies, the others wait behind it, and all are given up.
  await broker.kill("SIGSTOP");
  const giveUp = new AbortController();
  publishing.publish("a", { signal: giveUp.signal });
  await turn();
  for (let nth = 0; nth < 10; nth++) {
    publishing.publish("a", { signal: giveUp.signal });
  }
  await turn();
  giveUp.abort(new Error("Enough"));
  await publishing.settled(publishing.called);
  assertEquals(
    publishing.failures.map(([, { code, outcome }]) => [code, outcome]),
    [["aborted", "unknown"], ...Array(10).fill(["aborted", "not_sent"])],
  );
  publishing.publish("a");
  await broker.kill("SIGCONT");
  await publishing.finish();
  assertEquals(publishing.acknowledged.length, 2);
  await publishing.check(bootstrapServers);

  // A handler is at work when the broker goes, and the stop cannot commit.
  const consuming = new Consuming();
  const begun = Promise.withResolvers<void>();
  const isGone = Promise.withResolvers<void>();
  await using consumer = await consuming.join({
    ...server,
    topic,
    fromBeginning: true,
    work: () => {
      begun.resolve();
      return isGone.promise;
    },
  });
  await begun.promise;
  await broker.kill("SIGKILL");
  isGone.resolve();
  const failed = publishing.failures.length;
  publishing.publish("a");
  await turn();
  const start = performance.now();
  const [report] = await Promise.all([
    consumer.stop({ timeoutMs: 500 }),
    bus.stop({ timeoutMs: 500 }),
  ]);
  assert(performance.now() - start < SOON_MS);
  assertEquals(report.abandoned, 0);
  assert(report.uncommitted > 0);
  const [, error] = publishing.failures[failed]!;
  assertEquals(error.code, "stopped");
});

Deno.test("KafkaBus.start() says where nobody answers, and why", async () => {
  const port = freePort();
  const bus = new KafkaBus(server(port));
  const consumer = new KafkaConsumer({
    ...server(port),
    groupId: "nobody",
    topics: ["nobody"],
  });
  for (const each of [bus, consumer]) {
    const error = await assertRejects(() => each.start(), KafkaConnectionError);
    assertEquals(error.brokers, [`127.0.0.1:${port}`]);
    assertMatch(
      error.message,
      new RegExp(`127\\.0\\.0\\.1:${port}: .*refused`, "i"),
    );
    assert(error.cause instanceof Error);
    await each.stop();
  }
});

Deno.test("KafkaBus.start() gives up on a server that never answers", async () => {
  const [host] = kafkaBootstrapServers().split(",");
  const { hostname, port } = new URL(`kafka://${host}`);
  await using proxy = await FaultProxy.connect({
    host: hostname,
    port: Number(port),
  });
  const struck = proxy.blackhole();
  const bus = new KafkaBus(server(proxy.port));
  const error = await assertRejects(() => bus.start(), KafkaConnectionError);
  assertMatch(error.message, /no answer within \d+ ms/i);
  await struck;
  // It may be tried again, and the other servers are asked as well.
  await using second = await KafkaBus.connect({
    clientId: "faults",
    bootstrapServers: `127.0.0.1:${proxy.port},${kafkaBootstrapServers()}`,
  });
  const publishing = await Publishing.all(second, uniqueName("hang"), 1);
  assertEquals(publishing.acknowledged.length, 1);
});

function server(
  port: number,
): { clientId: string; bootstrapServers: string; connectTimeoutMs: number } {
  return {
    clientId: "faults",
    bootstrapServers: `127.0.0.1:${port}`,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  };
}

/** Lets what was called for begin. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 0));
}
