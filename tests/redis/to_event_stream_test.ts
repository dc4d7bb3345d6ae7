// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  type EventStreamOptions,
  SubscriptionOverflowError,
  toEventStream,
} from "../../redis/mod.ts";
import { MemoryPubSub } from "../../testing/memory_pubsub.ts";

const DECODER = new TextDecoder();

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<string | undefined> {
  const { value } = await reader.read();
  return value && DECODER.decode(value);
}

Deno.test("toEventStream() writes messages, whatever their lines end with", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a");
  for (const text of ["", "å 😀", "1\n2\r3\r\n4\n", "data: x\n\nid: 7"]) {
    await pubsub.publish("a", text);
  }
  await pubsub.stop();
  assertEquals(
    await new Response(toEventStream(sub)).text(),
    "data: \n\n" +
      "data: å 😀\n\n" +
      "data: 1\ndata: 2\ndata: 3\ndata: 4\ndata: \n\n" +
      "data: data: x\ndata: \ndata: id: 7\n\n",
  );
});

Deno.test("toEventStream() reads no message that the page does not take", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a", { bufferSize: 1 });
  const reader = toEventStream(sub).getReader();
  for (const text of ["1", "2", "3"]) await pubsub.publish("a", text);
  assertEquals(sub.dropped, 2);
  assertEquals(
    await next(reader),
    'data: {"event": "gap", "data": {"reason": "overflow", "dropped": 2}}\n\n',
  );
  assertEquals(await next(reader), "data: 3\n\n");
  await reader.cancel();
});

Deno.test("toEventStream() ends the subscription when it is cancelled", async () => {
  await using pubsub = await MemoryPubSub.connect();
  for (const options of [{}, { heartbeatMs: 60_000 }]) {
    const sub = await pubsub.subscribe("a");
    const reader = toEventStream(sub, options).getReader();
    const read = reader.read();
    await reader.cancel();
    assertEquals((await read).done, true);
    assertEquals(await pubsub.publish("a", "1"), 0);
  }
});

Deno.test("toEventStream() ends with the signal, before and after", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const abort = new AbortController();
  const { signal } = abort;
  const early = toEventStream(await pubsub.subscribe("a"), { signal });
  const read = new Response(early).text();
  abort.abort();
  assertEquals(await read, "");
  const late = toEventStream(await pubsub.subscribe("a"), { signal });
  assertEquals(await new Response(late).text(), "");
  assertEquals(await pubsub.publish("a", "1"), 0);
});

Deno.test("toEventStream() says something in silence, where that is asked for", async () => {
  using time = new FakeTime();
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a");
  const reader = toEventStream(sub, { heartbeatMs: 15_000 }).getReader();
  for (let i = 0; i < 2; i++) {
    const read = next(reader);
    await time.tickAsync(15_000);
    assertEquals(await read, ":\n\n");
  }
  const read = next(reader);
  await time.tickAsync(14_999);
  await pubsub.publish("a", "1");
  assertEquals(await read, "data: 1\n\n");
  await reader.cancel();
});

Deno.test("toEventStream() ends at a gap, or says nothing, as it is told", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const read = async (options: EventStreamOptions) => {
    const stream = toEventStream(await pubsub.subscribe("a"), options);
    return new Response(stream).text();
  };
  const texts = [read({ onGap: "close" }), read({ onGap: () => null })];
  await Promise.resolve();
  pubsub.simulateOutage();
  await pubsub.publish("a", "1");
  const [closed] = await Promise.all([texts[0], pubsub.stop()]);
  assertEquals(closed, "");
  assertEquals(await texts[1], "data: 1\n\n");
});

Deno.test("toEventStream() fails with the subscription", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a", {
    bufferSize: 1,
    onOverflow: "close",
  });
  const reader = toEventStream(sub).getReader();
  await pubsub.publish("a", "1");
  await pubsub.publish("a", "2");
  assertEquals(await next(reader), "data: 1\n\n");
  await assertRejects(() => reader.read(), SubscriptionOverflowError);
});

Deno.test("toEventStream() checks its options", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a");
  assertThrows(() => toEventStream(sub, { heartbeatMs: 0 }), RangeError);
  const onGap = 1 as unknown as "close";
  assertThrows(() => toEventStream(sub, { onGap }), TypeError, '"onGap"');
});
