// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import type { PubSubMessage, Subscription } from "../../protocols.ts";
import { RedisClient, toEventStream } from "../../redis/mod.ts";
import { proxyRedis, urlThrough } from "./_proxied_redis.ts";
import { redisUrl, uniqueName } from "./_services.ts";

const clientId = "history";
const history = { size: 50, ttlMs: 60_000 };

function connect(url: string): Promise<RedisClient> {
  return RedisClient.connect({ clientId, url, history });
}

/** The numbers that the next notifications hold, and the reasons of markers. */
async function read(sub: Subscription, count: number): Promise<unknown[]> {
  const iterator = sub[Symbol.asyncIterator]();
  const seen: unknown[] = [];
  while (seen.length < count) {
    const { value } = await iterator.next();
    seen.push(numberOf(value as PubSubMessage));
  }
  return seen;
}

function numberOf({ gap, message }: PubSubMessage): unknown {
  return gap?.reason ?? JSON.parse(message).data;
}

Deno.test("subscribeUser() misses nothing, and sees nothing twice, through outages", async () => {
  await using proxy = await proxyRedis();
  await using far = await connect(redisUrl());
  await using near = await connect(urlThrough(proxy));
  const user = uniqueName("user");
  await using sub = await near.subscribeUser(user);
  for (let from = 0; from < 100; from += 20) {
    const numbers = Array.from({ length: 20 }, (_, i) => from + i);
    const reading = read(sub, numbers.length);
    for (const number of numbers) {
      await far.publishUserNotification(user, "e", number);
      if (number === from + 5) await proxy.closeAll();
    }
    assertEquals(await reading, numbers);
  }
});

Deno.test("subscribeUser() says so when an outage was longer than the history", async () => {
  await using proxy = await proxyRedis();
  await using far = await connect(redisUrl());
  await using near = await connect(urlThrough(proxy));
  const user = uniqueName("user");
  await using sub = await near.subscribeUser(user);
  await proxy.refuse();
  await proxy.closeAll();
  for (let i = 0; i < 60; i++) await far.publishUserNotification(user, "e", i);
  await proxy.accept();
  assertEquals(await read(sub, 51), [
    "history",
    ...Array.from({ length: 50 }, (_, i) => i + 10),
  ]);
});

Deno.test("the history of a user lies in one list that runs out", async () => {
  await using redis = await RedisClient.connect({
    clientId,
    url: redisUrl(),
    history: { size: 2, ttlMs: 60_000 },
  });
  const user = uniqueName("user");
  for (let i = 0; i < 3; i++) await redis.publishUserNotification(user, "e", i);
  const key = `{ws:${user}}:history`;
  const kept = await redis.lrange(key, 0, -1);
  assertEquals(kept.map((each) => JSON.parse(each).data), [1, 2]);
  const ttl = await redis.ttl(key);
  assertEquals(ttl > 50_000 && ttl <= 60_000, true);
  await using plain = await RedisClient.connect({ clientId, url: redisUrl() });
  await plain.publishUserNotification(user, "e", 3);
  assertEquals(await redis.llen(key), 2);
});

Deno.test("a page that comes back by its Last-Event-ID goes on where it was", async () => {
  await using redis = await RedisClient.connect({
    clientId,
    url: redisUrl(),
    history,
  });
  const user = uniqueName("user");
  const open = async (lastEventId: string) => {
    const sub = await redis.subscribeUser(user, { lastEventId });
    const stream = toEventStream(sub).pipeThrough(new TextDecoderStream());
    return stream.getReader();
  };
  const first = await open("");
  const before = (await first.read()).value ?? "";
  assertEquals(/^id: \d+-0\n\n$/.test(before), true, before);
  await first.cancel();
  await redis.publishUserNotification(user, "e", 1);
  const second = await open(before.slice(4).trim());
  assertEquals((await second.read()).value, before);
  const event = (await second.read()).value ?? "";
  const id = /^id: (\d+-1)\n/.exec(event)?.[1];
  assertEquals(
    event,
    `id: ${id}\ndata: {"event": "e", "data": 1, "id": "${id}"}\n\n`,
  );
  await second.cancel();
});
