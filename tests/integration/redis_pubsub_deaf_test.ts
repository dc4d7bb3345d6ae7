// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { RedisPubSub } from "../../redis/mod.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";
import { proxyRedis, urlThrough } from "./_proxied_redis.ts";
import { redisUrl, uniqueName } from "./_services.ts";

const GAP = { message: "", gap: { reason: "reconnected" } } as const;

Deno.test("a subscriber whose network went dark without a word is found, and told", async () => {
  await using proxy = await proxyRedis();
  const url = urlThrough(proxy);
  const clientId = "deaf";
  await using far = await RedisPubSub.connect({ clientId, url: redisUrl() });
  const logger = new RecordingLogger();
  const found = new Promise<string>((resolve) => logger.warn = resolve);
  await using near = await RedisPubSub.connect({
    clientId,
    url,
    pingIntervalMs: 100,
    connectTimeoutMs: 300,
    logger,
  });
  const channel = uniqueName("deaf");
  await using one = await near.subscribe(channel);
  await using two = await near.subscribe([channel, `${channel}:2`]);
  await using three = await near.subscribePattern(`${channel}*`);
  const accepted = proxy.accepted;
  await Promise.all([
    proxy.blackhole(),
    far.publish(channel, "nobody hears this"),
  ]);
  assertEquals(await found, "Redis subscriber connection lost");
  proxy.restore();
  const iterators = [one, two, three].map((sub) => sub[Symbol.asyncIterator]());
  const read = await Promise.all(iterators.map((each) => each.next()));
  assertEquals(read.map(({ value }) => value), [
    { channel, ...GAP },
    { channel, ...GAP },
    { channel: `${channel}*`, ...GAP, pattern: `${channel}*` },
  ]);
  assert(proxy.accepted > accepted);
  assertEquals((await iterators[1]?.next())?.value, {
    channel: `${channel}:2`,
    ...GAP,
  });
  await far.publish(channel, "after");
  assertEquals((await iterators[0]?.next())?.value?.message, "after");
});

Deno.test("the server drops a reader that blocks for too long, and a gap says so", async () => {
  await using pubsub = await RedisPubSub.connect({
    clientId: "slow",
    url: redisUrl(),
  });
  const channel = uniqueName("slow");
  await using slow = await pubsub.subscribe(channel, {
    onOverflow: "block",
    bufferSize: 1,
  });
  await using quick = await pubsub.subscribe(channel);
  // More than the sockets and the 32 MiB that a server holds by default.
  const text = "x".repeat(1_000_000);
  const iterator = quick[Symbol.asyncIterator]();
  for (let i = 0; i < 60; i++) {
    await pubsub.publish(channel, text);
    assertEquals((await iterator.next()).value?.message.length, text.length);
  }
  let read = 0;
  for await (const { gap, message } of slow) {
    if (gap === undefined) {
      assertEquals(message, text);
      read += 1;
      continue;
    }
    assertEquals(gap, { reason: "reconnected" });
    break;
  }
  assert(read < 60, `${read} of 60 came`);
  assertEquals(slow.dropped, 0);
});

Deno.test("10,000 subscriptions share one connection, and hear what is theirs", async () => {
  await using proxy = await proxyRedis();
  const url = urlThrough(proxy);
  await using pubsub = await RedisPubSub.connect({ clientId: "many", url });
  const channel = uniqueName("many");
  const names = Array.from({ length: 10_000 }, (_, i) => `${channel}:${i}`);
  const subs = await Promise.all(names.map((name) => pubsub.subscribe(name)));
  assertEquals(proxy.accepted, 2);
  const published = await Promise.all(
    names.map((name) => pubsub.publish(name, name)),
  );
  assertEquals(new Set(published), new Set([1]));
  for (const [i, sub] of subs.entries()) {
    const { value } = await sub[Symbol.asyncIterator]().next();
    assertEquals(value?.message, names[i]);
  }
  await proxy.closeAll();
  const gaps = await Promise.all(
    subs.map((sub) => sub[Symbol.asyncIterator]().next()),
  );
  assertEquals(
    gaps.map(({ value }) => value?.gap?.reason),
    names.map(() => GAP.gap.reason),
  );
  await Promise.all(subs.map((sub) => sub.unsubscribe()));
  assertEquals(await pubsub.publish(names[0] ?? "", "nobody"), 0);
});
