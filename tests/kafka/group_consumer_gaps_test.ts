// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";

import { createEnvelope } from "../../events/mod.ts";
import { MemoryBus } from "../../testing/memory_bus.ts";

const TYPE = "huleedu.essay.created.v1";

Deno.test("GroupConsumer.stop() handles what stands before events at work, so that none comes again", async () => {
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const consumer = bus.consumer({
    groupId: "g",
    topics: [TYPE],
    fromBeginning: true,
  });
  const handled: unknown[] = [];
  const release = Promise.withResolvers<void>();
  const both = Promise.withResolvers<void>();
  let begun = 0;
  consumer.on(TYPE, async ({ data }) => {
    if (++begun === 2) both.resolve();
    await release.promise;
    handled.push(data);
  });
  // The second waits for the first; the third does not; the last is for later.
  for (const [data, key] of [["1", "a"], ["2", "a"], ["3", "b"], ["4", "b"]]) {
    const event = { eventType: TYPE, sourceService: "t", data };
    await bus.publishEvent(TYPE, createEnvelope(event), { key: key! });
  }
  await consumer.start();
  await both.promise;
  const stopped = consumer.stop();
  release.resolve();
  const report = await stopped;
  assertEquals(handled.sort(), ["1", "2", "3"]);
  assertEquals(report, { drained: 3, abandoned: 0, uncommitted: 0 });
});
