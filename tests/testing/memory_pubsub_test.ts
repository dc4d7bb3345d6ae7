// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import type { Subscription } from "../../protocols.ts";
import { testPubSub } from "../../testing/conformance/pubsub_suite.ts";
import { MemoryPubSub } from "../../testing/memory_pubsub.ts";

testPubSub(
  (name, fn) => Deno.test(`MemoryPubSub: ${name}`, fn),
  () => MemoryPubSub.connect(),
);

Deno.test("MemoryPubSub.simulateOutage() tells every reader of the gap", async () => {
  await using pubsub = await MemoryPubSub.connect();
  await using one = await pubsub.subscribe("a");
  await using two = await pubsub.subscribe(["a", "b"]);
  pubsub.simulateOutage();
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
