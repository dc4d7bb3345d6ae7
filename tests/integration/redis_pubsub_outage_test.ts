// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { RedisConnectionError, RedisPubSub } from "../../redis/mod.ts";
import { take } from "../../testing/conformance/_pubsub_criterion.ts";
import {
  connectThrough,
  naming,
  proxyRedis,
  urlThrough,
} from "./_proxied_redis.ts";
import { startOwnRedis } from "./_redis_server.ts";
import { redisUrl, uniqueName } from "./_services.ts";

const GAP = { message: "", gap: { reason: "reconnected" } } as const;

Deno.test("subscriptions come back after a restart, and tell of the gap", async () => {
  await using own = await startOwnRedis();
  const { server, redis } = own;
  await using one = await redis.subscribe("a");
  await using two = await redis.subscribe(["a", "b"]);
  await redis.publish("a", "before");
  assertEquals(await take(one, 1), [{ channel: "a", message: "before" }]);
  assertEquals(await take(two, 1), [{ channel: "a", message: "before" }]);
  await server.restart();
  assertEquals(await take(one, 1), [{ channel: "a", ...GAP }]);
  assertEquals(await take(two, 2), [
    { channel: "a", ...GAP },
    { channel: "b", ...GAP },
  ]);
  assertEquals(await redis.publish("a", "after"), 1);
  assertEquals(await take(one, 1), [{ channel: "a", message: "after" }]);
  assertEquals(await take(two, 1), [{ channel: "a", message: "after" }]);
  await one.unsubscribe();
  await two.unsubscribe();
  assertEquals(await redis.publish("a", "nobody"), 0);
});

Deno.test("subscribe() waits for the server to come back, and sees no gap then", async () => {
  await using own = await startOwnRedis();
  const { server, redis } = own;
  await using early = await redis.subscribe("a");
  await own.kill({ connections: 2 });
  const subscribing = redis.subscribe("a");
  await server.restart();
  await using late = await subscribing;
  await redis.publish("a", "m");
  assertEquals(await take(early, 2), [
    { channel: "a", ...GAP },
    { channel: "a", message: "m" },
  ]);
  assertEquals(await take(late, 1), [{ channel: "a", message: "m" }]);
});

Deno.test("a gap is told before the first message after it", async () => {
  await using far = await RedisPubSub.connect({
    clientId: "far",
    url: redisUrl(),
  });
  for (let round = 0; round < 5; round++) {
    await using proxy = await proxyRedis();
    await using near = await RedisPubSub.connect({
      clientId: "near",
      url: urlThrough(proxy),
    });
    const channel = uniqueName("gap");
    await using sub = await near.subscribe(channel);
    await proxy.closeAll();
    let isRead = false;
    const publish = async () => {
      while (!isRead) await far.publish(channel, "m");
    };
    const [read] = await Promise.all([
      take(sub, 2).finally(() => isRead = true),
      publish(),
    ]);
    assertEquals(read, [{ channel, ...GAP }, { channel, message: "m" }]);
  }
});

Deno.test("subscribe() is not acknowledged by a server that does not hear it", async () => {
  await using proxy = await proxyRedis();
  await using pubsub = await RedisPubSub.connect({
    clientId: "t",
    url: urlThrough(proxy),
    commandTimeoutMs: 200,
    connectTimeoutMs: 200,
  });
  const channel = uniqueName("deaf");
  await using early = await pubsub.subscribe(channel);
  const deaf = proxy.blackhole();
  await assertRejects(
    () => pubsub.subscribe(`${channel}:2`),
    RedisConnectionError,
    "SUBSCRIBE was not acknowledged",
  );
  await deaf;
  proxy.restore();
  // It was noticed, so that the other subscription moves on too.
  assertEquals(await take(early, 1), [{ channel, ...GAP }]);
  await using _late = await pubsub.subscribe(`${channel}:2`);
});

Deno.test("SUBSCRIBE is asked for again when its reply is lost", async () => {
  await using proxy = await proxyRedis();
  await using pubsub = await RedisPubSub.connect({
    clientId: "t",
    url: urlThrough(proxy),
  });
  const channel = uniqueName("lost");
  const sprung = proxy.cutReply({ match: naming(channel) });
  await using sub = await pubsub.subscribe(channel);
  await sprung;
  assertEquals(await pubsub.publish(channel, "m"), 1);
  assertEquals(await take(sub, 1), [{ channel, message: "m" }]);
});

Deno.test("all subscriptions of a client share one connection", async () => {
  await using proxy = await proxyRedis();
  await using redis = await connectThrough(proxy);
  assertEquals(proxy.accepted, 1);
  const channel = uniqueName("shared");
  const subs = await Promise.all(
    Array.from({ length: 50 }, (_, i) => redis.subscribe(`${channel}:${i}`)),
  );
  assertEquals(proxy.accepted, 2);
  await Promise.all(subs.map((sub) => sub.unsubscribe()));
  await using _again = await redis.subscribe(channel);
  assertEquals(proxy.accepted, 2);
});
