// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";

import { createEnvelope, serializeEnvelope } from "../../events/mod.ts";
import { EventProducer } from "../../kafka/event_producer.ts";
import { GroupConsumer } from "../../kafka/group_consumer.ts";
import { TelemetrySdk } from "../telemetry/telemetry_sdk.ts";
import { HandFedEngine } from "./_hand_fed_engine.ts";
import { ScriptedEngine, type Turn } from "./_scripted_engine.ts";

const TYPE = "huleedu.essay.created.v1";
const LEADER = { host: "leader.test", port: 9093 };
const FIRST = { host: "first.test", port: 9092 };

function makeEvent() {
  return createEnvelope({ eventType: TYPE, sourceService: "t", data: {} });
}

function engineWithAddresses(script: readonly Turn[] = []): ScriptedEngine {
  const engine = new ScriptedEngine(script);
  engine.addresses.set(0, LEADER).set(-1, FIRST);
  return engine;
}

function serverOf(
  { attributes }: { readonly attributes: Readonly<Record<string, unknown>> },
): unknown[] {
  return [attributes["server.address"], attributes["server.port"]];
}

Deno.test("publishEvent() names the leader that acknowledged, in its span and metrics", async () => {
  await using sdk = new TelemetrySdk();
  const bus = new EventProducer("test", engineWithAddresses(), {});
  await bus.start();
  await bus.publishEvent(TYPE, makeEvent(), {});
  await bus.stop();
  const [span] = sdk.named(`send ${TYPE}`);
  assertEquals(serverOf(span!), ["leader.test", 9093]);
  const [sent] = await sdk.points("messaging.client.sent.messages");
  assertEquals(serverOf(sent!), ["leader.test", 9093]);
});

Deno.test("publishEvent() names the server that is asked first when no leader answered", async () => {
  await using sdk = new TelemetrySdk();
  const bus = new EventProducer("test", engineWithAddresses(), {
    maxBatchBytes: 10,
  });
  await bus.start();
  await assertRejects(() => bus.publishEvent(TYPE, makeEvent(), {}));
  await bus.stop();
  const [span] = sdk.named(`send ${TYPE}`);
  assertEquals(serverOf(span!), ["first.test", 9092]);
});

Deno.test("GroupConsumer names the broker that records came from, and keeps the span of a letter that is tried again", async () => {
  await using sdk = new TelemetrySdk();
  const letters = engineWithAddresses([{ error: "INVALID_RECORD" }]);
  const engine = new HandFedEngine({ topic: TYPE, partition: 0 });
  const producer = new EventProducer("test", letters, {});
  const again = new Promise<void>((resolve) => {
    letters.answer = () => (resolve(), undefined);
  });
  const consumer = new GroupConsumer("test", engine, producer, {
    clientId: "grading",
    retry: { maxAttempts: 1 },
  });
  consumer.on(TYPE, () => Promise.reject(new Error("Broken")));
  await consumer.start();
  const value = new TextEncoder().encode(serializeEnvelope(makeEvent()));
  const record = { offset: 0, key: null, value, headers: {}, timestamp: 0 };
  await engine.listener.received({
    topic: TYPE,
    partition: 0,
    records: [record],
    next: 1,
    highWatermark: 1,
    server: LEADER,
  });
  await again;
  await consumer.stop();

  const [attempt] = sdk.named(`process ${TYPE}`);
  const [poll] = sdk.named(`poll ${TYPE}`);
  for (const span of [attempt, poll]) {
    assertEquals(serverOf(span!), ["leader.test", 9093]);
  }
  const asides = sdk.named(`send ${TYPE}.dlq`);
  assertEquals(asides.map(serverOf), [
    ["first.test", 9092],
    ["leader.test", 9093],
  ]);
  for (const { attributes, parentSpanContext } of asides) {
    assertEquals(attributes["messaging.client.id"], "grading");
    assertEquals(parentSpanContext?.spanId, attempt?.spanContext().spanId);
  }
});
