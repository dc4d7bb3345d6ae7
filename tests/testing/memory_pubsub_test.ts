// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import type { PubSubMessage, Subscription } from "../../protocols.ts";
import { testPubSub } from "../../testing/conformance/pubsub_suite.ts";
import { testUserHistory } from "../../testing/conformance/user_history_suite.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { MemoryPubSub } from "../../testing/memory_pubsub.ts";

testPubSub(
  (name, fn) => Deno.test(`MemoryPubSub: ${name}`, fn),
  () => MemoryPubSub.connect(),
);

testUserHistory(
  (name, fn) => Deno.test(`MemoryPubSub: ${name}`, fn),
  () => MemoryPubSub.connect({ history: { size: 3 } }),
);

Deno.test("MemoryPubSub.simulateOutage() tells every reader of the gap", async () => {
  await using pubsub = await MemoryPubSub.connect();
  await using one = await pubsub.subscribe("a");
  await using two = await pubsub.subscribe(["a", "b"]);
  await pubsub.simulateOutage();
  await pubsub.publish("a", "after");
  const read = async (sub: Subscription, count: number) => {
    const iterator = sub[Symbol.asyncIterator]();
    const seen: unknown[] = [];
    while (seen.length < count) seen.push((await iterator.next()).value);
    return seen;
  };
  const gap = { message: "", gap: { reason: "reconnected" } };
  const after = { channel: "a", message: "after" };
  assertEquals(await read(one, 2), [{ channel: "a", ...gap }, after]);
  assertEquals(await read(two, 3), [
    { channel: "a", ...gap },
    { channel: "b", ...gap },
    after,
  ]);
});

Deno.test("MemoryPubSub.simulateOutage() loses what is published meanwhile", async () => {
  await using pubsub = await MemoryPubSub.connect({ history: {} });
  await using plain = await pubsub.subscribe("ws:u1");
  await using sub = await pubsub.subscribeUser("u1");
  await pubsub.publishUserNotification("u1", "1", null);
  await pubsub.simulateOutage(async () => {
    assertEquals(await pubsub.publishUserNotification("u1", "2", null), 0);
  });
  await pubsub.publishUserNotification("u1", "3", null);
  await pubsub.stop();
  const event = ({ gap, message }: PubSubMessage) =>
    gap?.reason ?? JSON.parse(message).event;
  assertEquals(await Array.fromAsync(plain, event), ["1", "reconnected", "3"]);
  assertEquals(await Array.fromAsync(sub, event), ["1", "2", "3"]);
});

Deno.test("MemoryPubSub forgets a history by its clock", async () => {
  const clock = new ManualClock();
  const history = { ttlMs: 1_000 };
  await using pubsub = await MemoryPubSub.connect({ history, clock });
  const { lastEventId } = await pubsub.subscribeUser("u1");
  await clock.advance(500);
  await pubsub.publishUserNotification("u1", "1", null);
  const read = async () => {
    await using sub = await pubsub.subscribeUser("u1", { lastEventId });
    const iterator = sub[Symbol.asyncIterator]();
    return (await iterator.next()).value;
  };
  assertEquals(JSON.parse((await read())?.message ?? "").event, "1");
  await clock.advance(1_000);
  assertEquals((await read())?.gap, { reason: "history" });
});
