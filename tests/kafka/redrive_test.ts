// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";

import { createEnvelope } from "../../events/mod.ts";
import {
  KafkaBus,
  NotStartedError,
  type RedriveOptions,
} from "../../kafka/mod.ts";
import { MemoryBus } from "../../testing/memory_bus.ts";

const TYPE = "huleedu.essay.created.v1";

/** A bus whose events with an odd `nth` have become dead letters. */
async function busWithLetters(count: number): Promise<MemoryBus> {
  const bus = await MemoryBus.connect();
  await using consumer = bus.consumer({
    groupId: "g",
    topics: [TYPE],
    fromBeginning: true,
    retry: { maxAttempts: 1 },
  });
  consumer.on(TYPE, (event) => {
    const { nth } = event.data as { nth: number };
    return Promise.reject(new Error(nth % 2 ? "odd" : "even"));
  });
  await consumer.start();
  for (let nth = 0; nth < count; nth++) {
    const data = { nth };
    const event = createEnvelope({ eventType: TYPE, sourceService: "t", data });
    await bus.publishEvent(TYPE, event, { key: `k${nth}` });
  }
  await bus.untilRecords(`${TYPE}.dlq`, count);
  return bus;
}

function keys(bus: MemoryBus, topic: string): (string | null)[] {
  return bus.records(topic).map(({ key }) => key).sort();
}

Deno.test("redrive() puts letters back as they were, once", async () => {
  await using bus = await busWithLetters(6);
  const before = bus.records(TYPE).map(({ value }) => value);
  assertEquals(await bus.redrive(TYPE), { redriven: 6, kept: 0 });
  assertEquals(await bus.redrive(TYPE), { redriven: 0, kept: 0 });
  const after = bus.records(TYPE);
  assertEquals(after.length, 12);
  assertEquals(
    after.map(({ value }) => value).sort(),
    [...before, ...before].sort(),
  );
  for (const { headers } of after) assertEquals(headers, {});
});

Deno.test("redrive() keeps what the filter passes over, for another time", async () => {
  await using bus = await busWithLetters(6);
  const isOdd: RedriveOptions = {
    filter: ({ headers }) => headers["dlq.error"] === "Error: odd",
  };
  assertEquals(await bus.redrive(TYPE, isOdd), { redriven: 3, kept: 3 });
  assertEquals(await bus.redrive(TYPE, isOdd), { redriven: 0, kept: 3 });
  assertEquals(await bus.redrive(TYPE), { redriven: 3, kept: 0 });
  const expected = [0, 1, 2, 3, 4, 5].flatMap((n) => [`k${n}`, `k${n}`]);
  assertEquals(keys(bus, TYPE), expected);
});

Deno.test("redrive() stops at its limit and goes on there", async () => {
  await using bus = await busWithLetters(5);
  assertEquals((await bus.redrive(TYPE, { limit: 2 })).redriven, 2);
  assertEquals((await bus.redrive(TYPE, { limit: 2 })).redriven, 2);
  assertEquals((await bus.redrive(TYPE, { limit: 2 })).redriven, 1);
  assertEquals(bus.records(TYPE).length, 10);
});

Deno.test("redrive() finds nothing where there are no letters", async () => {
  await using bus = await MemoryBus.connect();
  assertEquals(await bus.redrive(TYPE), { redriven: 0, kept: 0 });
});

Deno.test("redrive() ends when its signal is aborted, and rejects when it is before", async () => {
  await using bus = await busWithLetters(4);
  const change = new AbortController();
  const report = await bus.redrive(TYPE, {
    signal: change.signal,
    filter: () => (change.abort(), true),
  });
  assertEquals(report.redriven > 0, true);
  await assertRejects(
    () => bus.redrive(TYPE, { signal: change.signal }),
    DOMException,
  );
  const rest = await bus.redrive(TYPE);
  assertEquals(report.redriven + rest.redriven, 4);
});

Deno.test("KafkaBus.redrive() needs a bus that is started", async () => {
  const bus = new KafkaBus({
    clientId: "t",
    bootstrapServers: "127.0.0.1:9092",
  });
  await assertRejects(() => bus.redrive(TYPE), NotStartedError);
  assertEquals(bus.health(), { state: "stopped", unsettled: 0 });
});
