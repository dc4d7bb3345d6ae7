// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { MemoryPubSub } from "../../testing/memory_pubsub.ts";

interface Vector {
  readonly name: string;
  readonly input: { user_id: string; event_type?: string; data?: unknown };
  readonly expected?: { channel: string; message: string };
}

const vectors: Vector[] = JSON.parse(
  await Deno.readTextFile(
    new URL("../vectors/user_notification.json", import.meta.url),
  ),
);

// JSON has no integer that is a float, and no number that JavaScript lacks.
const UNREADABLE = ["numbers", "nan", "uuid_in_data"];

for (const { name, input, expected } of vectors) {
  if (!expected || UNREADABLE.includes(name)) continue;
  Deno.test(`publishUserNotification() writes what Python wrote: ${name}`, async () => {
    await using pubsub = await MemoryPubSub.connect();
    const channel = pubsub.getUserChannel(input.user_id);
    assertEquals(channel, expected.channel);
    await using sub = await pubsub.subscribe(channel);
    await pubsub.publishUserNotification(
      input.user_id,
      input.event_type ?? "",
      input.data,
    );
    const { value } = await sub[Symbol.asyncIterator]().next();
    assertEquals(value, { channel, message: expected.message });
  });
}

Deno.test("publishUserNotification() writes numbers as Python does", async () => {
  await using pubsub = await MemoryPubSub.connect();
  await using sub = await pubsub.subscribe("ws:u");
  const data = { i: 1, f: 1.5, big: 9007199254740993n, e: 1e21, small: 1e-7 };
  await pubsub.publishUserNotification("u", "e", data);
  const { value } = await sub[Symbol.asyncIterator]().next();
  assertEquals(
    value?.message,
    '{"event": "e", "data": {"i": 1, "f": 1.5, "big": 9007199254740993, ' +
      '"e": 1e+21, "small": 1e-07}}',
  );
});

Deno.test("publishUserNotification() refuses an event type that is no text", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const wrong = undefined as unknown as string;
  await assertRejects(
    () => pubsub.publishUserNotification("u", wrong, {}),
    TypeError,
    '"eventType"',
  );
});
