// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";

import {
  KafkaBus,
  type KafkaConnectionOptions,
} from "@huleedu/service-libs/kafka";
import type { FaultProxy } from "@huleedu/service-libs/testing";
import { note } from "../../tools/terminal.ts";
import { Consuming } from "./_consuming.ts";
import { API, type ProxiedKafka, startProxiedKafka } from "./_kafka_faults.ts";
import { createTopic } from "./_kafka_harness.ts";
import { groupIsEmpty } from "./_kafka_admin.ts";
import { Publishing } from "./_publishing.ts";
import { uniqueName } from "./_services.ts";

const REQUEST_TIMEOUT_MS = 1_000;
const SESSION_TIMEOUT_MS = 1_500;

let kafka: ProxiedKafka;

Deno.test.beforeAll(async () => {
  kafka = await startProxiedKafka({ "group.min.session.timeout.ms": "1000" });
});

Deno.test.afterAll(async () => {
  await kafka.broker[Symbol.asyncDispose]();
});

function server(): KafkaConnectionOptions {
  return { clientId: "faults", bootstrapServers: kafka.bootstrapServers };
}

function connectBus(): Promise<KafkaBus> {
  return KafkaBus.connect({
    ...server(),
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
}

async function newTopic(): Promise<string> {
  const topic = uniqueName("faults");
  await createTopic(kafka.bootstrapServers, topic);
  return topic;
}

/** Publishes while something bad happens, and checks what became of it. */
async function publishThrough(
  name: string,
  key: (nth: number) => string | null,
  strike: (proxy: FaultProxy<"kafka">) => Promise<unknown>,
): Promise<void> {
  await using proxy = await kafka.connectProxy();
  const topic = await newTopic();
  await using bus = await connectBus();
  const publishing = new Publishing(bus, topic);
  publishing.publish(null);
  await publishing.next();
  const struck = strike(proxy);
  for (let nth = 0; nth < 100; nth++) publishing.publish(key(nth));
  await struck;
  for (let nth = 0; nth < 100; nth++) publishing.publish(key(nth));
  await publishing.finish();
  const { failed, ...counts } = await publishing.check(kafka.bootstrapServers);
  assertEquals(failed, 0);
  note(`${name}: ${JSON.stringify(counts)}`);
}

Deno.test("KafkaBus loses and doubles no event with a key when a response is lost", async () => {
  await publishThrough(
    "lost response, keys",
    (nth) => `key-${nth % 5}`,
    (proxy) => proxy.swallowReply({ match: isProduce }),
  );
});

Deno.test("KafkaBus loses and doubles no event without a key when a response is lost", async () => {
  await publishThrough(
    "lost response, no keys",
    () => null,
    (proxy) => proxy.swallowReply({ match: isProduce }),
  );
});

Deno.test("KafkaBus loses and doubles no event when a request is lost", async () => {
  await publishThrough(
    "lost request",
    (nth) => nth % 2 === 0 ? `key-${nth % 5}` : null,
    (proxy) => proxy.dropRequest({ match: isProduce }),
  );
});

Deno.test("KafkaBus goes on after a connection that broke within a response", async () => {
  await publishThrough(
    "half a response",
    (nth) => nth % 2 === 0 ? `key-${nth % 5}` : null,
    (proxy) => proxy.cutReply({ match: isProduce, afterBytes: 10 }),
  );
});

Deno.test("KafkaConsumer goes on after a connection that broke within a fetch", async () => {
  await using proxy = await kafka.connectProxy();
  const topic = await newTopic();
  const consuming = new Consuming();
  await using consumer = await consuming.join({ ...server(), topic });
  await using bus = await connectBus();
  const publishing = new Publishing(bus, topic);
  for (const afterBytes of [2, 20, 500]) {
    // An answer without records is some 80 bytes long.
    const cut = proxy.cutReply({ match: isFetch, afterBytes });
    for (let nth = 0; nth < 50; nth++) publishing.publish(null);
    await cut;
    await publishing.finish();
    await consuming.all(publishing.acknowledged);
  }
  assertEquals((await consumer.stop()).uncommitted, 0);
  assertEquals(consuming.duplicates, 0);
  await consuming.check(kafka.bootstrapServers, topic);
});

Deno.test("KafkaConsumer that its group has put out comes back and loses nothing", async () => {
  await using proxy = await kafka.connectProxy();
  const topic = await newTopic();
  const consuming = new Consuming();
  const signals = new Set<AbortSignal>();
  await using consumer = await consuming.join({
    ...server(),
    topic,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    work: ({ signal }) => {
      signals.add(signal);
      return Promise.resolve();
    },
  });
  await using bus = await connectBus();
  await using publishing = new Publishing(bus, topic).begin();
  await consuming.more(200);
  for (let round = 0; round < 3; round++) {
    proxy.chaos({
      probability: 1,
      kinds: ["drop_request"],
      match: isSignOfLife,
    });
    await groupIsEmpty(kafka.bootstrapServers, topic);
    const before = new Set(signals);
    proxy.restore();
    await consuming.until(() => [...before].every(({ aborted }) => aborted));
    await consuming.more(200);
  }
  await publishing.finish();
  await consuming.all(publishing.acknowledged);
  assertEquals((await consumer.stop()).uncommitted, 0);
  await publishing.check(kafka.bootstrapServers);
  await consuming.check(kafka.bootstrapServers, topic);
  const { duplicates } = consuming;
  note(`put out by the group: ${duplicates} handled again`);
});

Deno.test("KafkaConsumer stays in its group while a handler outlasts the session", async () => {
  await using _proxy = await kafka.connectProxy();
  const topic = await newTopic();
  const consuming = new Consuming();
  let wasAborted = false;
  await using consumer = await consuming.join({
    ...server(),
    topic,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    work: async ({ key, signal }) => {
      if (key === "long") await delay(2 * SESSION_TIMEOUT_MS);
      wasAborted ||= signal.aborted;
    },
  });
  await using bus = await connectBus();
  const publishing = new Publishing(bus, topic);
  publishing.publish("long");
  for (let nth = 0; nth < 50; nth++) publishing.publish(`key-${nth}`);
  await publishing.finish();
  await consuming.all(publishing.acknowledged);
  assertEquals(wasAborted, false);
  assertEquals((await consumer.stop()).uncommitted, 0);
  assertEquals(consuming.duplicates, 0);
});

Deno.test("KafkaBus and KafkaConsumer lose nothing in a network that breaks at random", async () => {
  await using proxy = await kafka.connectProxy();
  const topic = await newTopic();
  const consuming = new Consuming();
  await using consumer = await consuming.join({
    ...server(),
    topic,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
  });
  await using bus = await connectBus();
  await using publishing = new Publishing(bus, topic).begin();
  proxy.chaos({ probability: 0.01 });
  await publishing.more(5_000);
  proxy.restore();
  await publishing.finish();
  await consuming.all(publishing.acknowledged);
  await consumer.stop();
  const { failed, ...counts } = await publishing.check(kafka.bootstrapServers);
  assertEquals(failed, 0);
  await consuming.check(kafka.bootstrapServers, topic);
  const { duplicates: handledAgain } = consuming;
  const { length: faults } = proxy.events;
  note(`chaos: ${JSON.stringify({ faults, ...counts, handledAgain })}`);
});

function isProduce({ apiKey }: { readonly apiKey: number }): boolean {
  return apiKey === API.produce;
}

/** A commit keeps a member in its group as a heartbeat does. */
function isSignOfLife({ apiKey }: { readonly apiKey: number }): boolean {
  return apiKey === API.heartbeat || apiKey === API.offsetCommit;
}

function isFetch({ apiKey }: { readonly apiKey: number }): boolean {
  return apiKey === API.fetch;
}
