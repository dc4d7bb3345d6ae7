// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";

import { createEnvelope } from "../../events/mod.ts";
import { testEventBus } from "../../testing/conformance/event_bus_suite.ts";
import { MemoryBus } from "../../testing/memory_bus.ts";

const memory = new MemoryBus();

testEventBus((name, fn) => Deno.test(`MemoryBus: ${name}`, fn), {
  createPublisher: () => memory,
  createConsumer: (options) =>
    memory.consumer({ ...options, fromBeginning: true }),
  putRaw: (topic, value) => Promise.resolve(memory.publishRaw(topic, value)),
  readRaw: async (topic, count) =>
    (await memory.untilRecords(topic, count)).map(({ value, headers }) => ({
      value: value ?? "",
      headers,
    })),
});

const TYPE = "huleedu.essay.created.v1";

function essay(): ReturnType<typeof createEnvelope> {
  return createEnvelope({ eventType: TYPE, sourceService: "t", data: {} });
}

Deno.test("MemoryBus.redeliver() delivers what was committed again", async () => {
  await using bus = await MemoryBus.connect();
  await using consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  const seen: string[] = [];
  let arrived = () => {};
  consumer.on(TYPE, (envelope) => {
    seen.push(envelope.event_id);
    arrived();
    return Promise.resolve();
  });
  await consumer.start();
  const event = essay();
  const once = new Promise<void>((resolve) => arrived = resolve);
  await bus.publishEvent(TYPE, event);
  await once;
  const twice = new Promise<void>((resolve) => arrived = resolve);
  bus.redeliver("g");
  await twice;
  assertEquals(seen, [event.event_id, event.event_id]);
});

Deno.test("MemoryBus shares partitions among the members of a group", async () => {
  await using bus = await MemoryBus.connect({ partitions: 4 });
  const options = { groupId: "g", topics: [TYPE] };
  await using first = bus.consumer(options).on(TYPE, () => Promise.resolve());
  await using second = bus.consumer(options).on(TYPE, () => Promise.resolve());
  await first.start();
  assertEquals(first.health().partitions.length, 4);
  await second.start();
  assertEquals(first.health().partitions.length, 2);
  assertEquals(second.health().partitions.length, 2);
  await first.stop();
  assertEquals(second.health().partitions.length, 4);
});

Deno.test("MemoryConsumer.pause() starts no handler until resume()", async () => {
  await using bus = await MemoryBus.connect();
  await using consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  let handled = 0;
  const done = new Promise<void>((resolve) =>
    consumer.on(TYPE, () => {
      handled++;
      resolve();
      return Promise.resolve();
    })
  );
  await consumer.start();
  consumer.pause();
  await bus.publishEvent(TYPE, essay());
  assertEquals(handled, 0);
  consumer.resume();
  await done;
  assertEquals(handled, 1);
});
