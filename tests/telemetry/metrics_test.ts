// Copyright 2026 the HuleEdu authors. MIT license.

import type { Histogram } from "@opentelemetry/sdk-metrics";
import { assertEquals, assertRejects } from "@std/assert";
import { createEnvelope } from "../../events/mod.ts";
import { FatalEventError, PublishError } from "../../kafka/mod.ts";
import {
  CircuitBreaker,
  idempotent,
  ResilientPublisher,
  retry,
} from "../../reliability/mod.ts";
import {
  MemoryBus,
  MemoryIdempotencyStore,
  MemoryPubSub,
} from "../../testing/mod.ts";
import { TelemetrySdk } from "./telemetry_sdk.ts";

const TYPE = "huleedu.essay.created.v1";

function makeEvent() {
  return createEnvelope({ eventType: TYPE, sourceService: "essays", data: {} });
}

Deno.test("publishEvent() counts and times what is sent and what fails", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({
    partitions: 1,
    maxBatchBytes: 1_000,
  });
  await bus.publishEvent(TYPE, makeEvent());
  await bus.publishEvent(TYPE, makeEvent());
  const large = { ...makeEvent(), data: "x".repeat(1_000) };
  await assertRejects(() => bus.publishEvent(TYPE, large), PublishError);

  const common = {
    "messaging.system": "kafka",
    "messaging.operation.name": "send",
    "messaging.destination.name": TYPE,
  };
  const sent = await sdk.points("messaging.client.sent.messages");
  assertEquals(sent.map(({ value, attributes }) => ({ value, attributes })), [
    {
      value: 2,
      attributes: { ...common, "messaging.destination.partition.id": "0" },
    },
    { value: 1, attributes: { ...common, "error.type": "too_large" } },
  ]);
  const took = await sdk.points("messaging.client.operation.duration");
  assertEquals(took.map(({ value }) => (value as Histogram).count), [2, 1]);
  const [depth] = await sdk.points("huleedu.publish.queue.depth");
  assertEquals(depth?.value, 0);
});

Deno.test("MemoryConsumer counts fetches, handler times, retries, dead letters and lag", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  await using consumer = bus.consumer({
    groupId: "grading",
    topics: [TYPE],
    retry: { baseDelayMs: 1 },
  });
  consumer.on(TYPE, (_, { attempt }) => {
    throw attempt === 1 ? new Error("busy") : new FatalEventError("no");
  });
  await consumer.start();
  await bus.publishEvent(TYPE, makeEvent());
  await bus.untilRecords(`${TYPE}.dlq`, 1);
  const [lag] = await sdk.points("huleedu.consume.lag");
  const [depth] = await sdk.points("huleedu.consume.queue.depth");
  await consumer.stop();

  const names = {
    "messaging.system": "kafka",
    "messaging.destination.name": TYPE,
    "messaging.consumer.group.name": "grading",
  };
  assertEquals(lag?.attributes, {
    ...names,
    "messaging.destination.partition.id": "0",
  });
  assertEquals(depth?.attributes, lag?.attributes);
  const [fetched] = await sdk.points("messaging.client.consumed.messages");
  assertEquals(fetched?.value, 1);
  const took = await sdk.points("messaging.process.duration");
  assertEquals(
    took.map(({ value, attributes }) => [
      (value as Histogram).count,
      attributes["error.type"],
    ]),
    [[1, "Error"], [1, "FatalEventError"]],
  );
  const [retried] = await sdk.points("huleedu.consume.retries");
  assertEquals([retried?.value, retried?.attributes], [1, names]);
  const [letters] = await sdk.points("huleedu.consume.dead_letters");
  assertEquals([letters?.value, letters?.attributes], [1, {
    ...names,
    "huleedu.reason": "fatal",
  }]);
});

Deno.test("idempotent() counts duplicates", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  await using consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  const handle = idempotent(() => Promise.resolve(), {
    store: new MemoryIdempotencyStore(),
    serviceName: "grading",
  });
  const outcomes: unknown[] = [];
  const done = Promise.withResolvers<void>();
  consumer.on(TYPE, async (envelope, context) => {
    const outcome = await handle(envelope, context);
    if (outcomes.push(outcome) === 2) done.resolve();
    return outcome;
  });
  await consumer.start();
  const envelope = makeEvent();
  await bus.publishEvent(TYPE, envelope, { key: "a" });
  await bus.publishEvent(TYPE, envelope, { key: "a" });
  await done.promise;
  assertEquals(outcomes, ["processed", "duplicate"]);
  const [found] = await sdk.points("huleedu.consume.duplicates");
  assertEquals([found?.value, found?.attributes], [1, {
    "huleedu.service": "grading",
    "huleedu.event.type": TYPE,
  }]);
});

Deno.test("CircuitBreaker and ResilientPublisher show their state", async () => {
  // Made before the SDK is there.
  const breaker = new CircuitBreaker({ name: "bus", failureThreshold: 1 });
  await using sdk = new TelemetrySdk();
  const publisher = await ResilientPublisher.connect({
    publisher: {
      publishEvent: () => Promise.reject(new Error("down")),
    },
    breaker,
  });
  const stateOf = async () => {
    const points = await sdk.points("huleedu.circuit_breaker.state");
    return points.find(({ attributes }) =>
      attributes["huleedu.circuit"] === "bus"
    )?.value;
  };
  assertEquals(await stateOf(), 0);
  assertEquals(await publisher.publishEvent(TYPE, makeEvent()), "queued");
  assertEquals(await stateOf(), 2);
  const [depth] = await sdk.points("huleedu.publish.fallback.depth");
  assertEquals([depth?.value, depth?.attributes], [1, {
    "huleedu.circuit": "bus",
  }]);
  await publisher.stop({ timeoutMs: 0 });
});

Deno.test("retry() counts the calls that it makes again", async () => {
  await using sdk = new TelemetrySdk();
  await retry((attempt) => {
    if (attempt < 3) throw new Error("busy");
  }, { baseDelayMs: 1 });
  const [retried] = await sdk.points("huleedu.retry.retries");
  assertEquals(retried?.value, 2);
});

Deno.test("MemoryPubSub counts the gaps of a reader that is too slow", async () => {
  await using sdk = new TelemetrySdk();
  await using pubsub = await MemoryPubSub.connect();
  await using _sub = await pubsub.subscribe("news", { bufferSize: 1 });
  for (const message of ["a", "b", "c"]) await pubsub.publish("news", message);
  const points = await sdk.points("huleedu.pubsub.gaps");
  assertEquals(points.map(({ value, attributes }) => [value, attributes]), [
    [1, { "huleedu.reason": "overflow" }],
  ]);
});
