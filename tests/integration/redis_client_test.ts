// Copyright 2026 the HuleEdu authors. MIT license.

import { AsyncLocalStorage } from "node:async_hooks";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  RedisClient,
  RedisCommandError,
  RedisConnectionError,
  RedisPubSub,
} from "../../redis/mod.ts";
import { FaultProxy } from "../../testing/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import { connectThrough } from "./_proxied_redis.ts";
import { redisUrl, uniqueName } from "./_services.ts";

Deno.test("commands issued in one turn leave in one write", async () => {
  const { hostname, port } = new URL(redisUrl());
  await using proxy = await FaultProxy.connect({
    host: hostname,
    port: Number(port || "6379"),
  });
  await using redis = await connectThrough(proxy);
  const key = uniqueName("turn");
  const writes: string[] = [];
  // Never strikes: it is shown whatever goes to the server at once.
  void proxy.cutRequest({
    match: ({ bytes }) => {
      writes.push(new TextDecoder().decode(bytes));
      return false;
    },
  });
  await Promise.all(Array.from({ length: 50 }, () => redis.incr(key)));
  assertEquals(writes.length, 1);
  assertEquals(writes[0]?.split("INCR").length, 51);
  await redis.delete(key);
});

Deno.test("values of many megabytes come back as they went", async () => {
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
  });
  const key = uniqueName("large");
  const keys = Array.from({ length: 4 }, (_, i) => `${key}:${i}`);
  const value = "å😀x".repeat(500_000);
  await Promise.all(keys.map((name) => redis.setex(name, 60_000, value)));
  for (const name of keys) assert(await redis.get(name) === value);
  const members = Array.from({ length: 200_000 }, (_, i) => `m${i}`);
  assertEquals(
    await redis.sadd(`${key}:set`, ...members.slice(0, 50_000)),
    50_000,
  );
  assertEquals((await redis.smembers(`${key}:set`)).size, 50_000);
  await redis.delete(...keys, `${key}:set`);
});

Deno.test("a reply and a message come in the context of those who wait for them", async () => {
  const context = new AsyncLocalStorage<number>();
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
  });
  const channel = uniqueName("context");
  await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      context.run(i, async () => {
        await using sub = await redis.subscribe(`${channel}:${i}`);
        assertEquals(context.getStore(), i);
        const message = context.run(-1, () =>
          redis.publish(`${channel}:${i}`, "m"));
        for await (const _ of sub) {
          assertEquals(context.getStore(), i);
          break;
        }
        await message;
        assertEquals(context.getStore(), i);
      })),
  );
});

Deno.test("RedisPubSub publishes with a client, and leaves it running", async () => {
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
  });
  const channel = uniqueName("lent");
  {
    await using pubsub = await RedisPubSub.connect({ client: redis });
    await using _sub = await pubsub.subscribe(channel);
    assertEquals(await redis.publish(channel, "m"), 1);
    assertEquals(await pubsub.publish(channel, "m"), 1);
  }
  assertEquals(await redis.publish(channel, "m"), 0);
});

Deno.test("a script's error tells its code", async () => {
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
  });
  const sha = await redis.registerScript(
    "return redis.error_reply('CUSTOM ' .. KEYS[1])",
  );
  const error = await assertRejects(
    () => redis.executeScript(sha, ["k"], []),
    RedisCommandError,
  );
  assertEquals([error.command, error.code], ["EVALSHA", "CUSTOM"]);
  await assertRejects(
    () => redis.registerScript("not lua("),
    RedisCommandError,
    "Error compiling script",
  );
});

Deno.test("an aborted blpop() loses no value", async () => {
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
  });
  const key = uniqueName("pop");
  const taken: string[] = [];
  for (let i = 0; i < 100; i++) {
    const abort = new AbortController();
    const popped = redis.blpop([key], 0, { signal: abort.signal });
    const pushed = redis.rpush(key, String(i));
    if (i % 2 === 0) await pushed;
    abort.abort();
    const pop = await popped.catch(() => null);
    if (pop !== null) taken.push(pop[1]);
    await pushed;
  }
  const left = await redis.lrange(key, 0, -1);
  const all = [...taken, ...left].map(Number).sort((a, b) => a - b);
  assertEquals(all, Array.from({ length: 100 }, (_, i) => i));
  await redis.delete(key);
});

Deno.test("calls of one turn keep their order, whatever they are sent as", async () => {
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
  });
  const key = uniqueName("order");
  const answers = await Promise.all([
    redis.setIfNotExists(key, "1"),
    redis.setIfNotExists(key, "2"),
    redis.get(key),
    redis.compareAndSet(key, "1", "3"),
    redis.get(key),
    redis.delete(key),
    redis.setIfNotExists(key, "4", { ttlMs: 60_000 }),
    redis.get(key),
  ]);
  assertEquals(answers, [true, false, "1", true, "3", 1, true, "4"]);
});

Deno.test("a transaction that finds every connection in use says so", async () => {
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
    commandTimeoutMs: 300,
  });
  const key = uniqueName("pool");
  await using open = new AsyncDisposableStack();
  for (let i = 0; i < 8; i++) open.use(await redis.watch(key));
  const error = await assertRejects(
    () => redis.watch(key),
    RedisConnectionError,
    "for a transaction within 300 ms, as each of 8 is in use",
  );
  assertEquals(error.message.startsWith("WATCH was not sent"), true);
  await open.disposeAsync();
  await using tx = await redis.watch(key);
  assertEquals(await tx.get(key), null);
});

Deno.test("a script that answers with a code of the server's runs once", async () => {
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: redisUrl(),
  });
  const key = uniqueName("own-code");
  for (const code of ["NOSCRIPT", "READONLY", "TRYAGAIN"]) {
    const sha = await redis.registerScript(
      `redis.call('INCR', KEYS[1]) return redis.error_reply('${code} of mine')`,
    );
    await assertRejects(
      () => redis.executeScript(sha, [key], []),
      RedisCommandError,
      `${code} of mine`,
    );
  }
  assertEquals(await redis.get(key), "3");
  await redis.delete(key);
});

Deno.test("calls of one turn keep their order for a user who may run no script", async () => {
  const { host, port } = new URL(redisUrl());
  const name = uniqueName("noscript");
  using admin = await RedisAdmin.connect(Number(port || "6379"));
  const rule = ["on", ">pw", "~*", "&*", "+@all", "-@scripting"];
  await admin.ask("ACL", "SETUSER", name, ...rule);
  try {
    await using redis = await RedisClient.connect({
      clientId: "t",
      url: `redis://${name}:pw@${host}`,
    });
    const key = (i: number) => `${name}:${i}`;
    const calls = [0, 1, 2].map((i) => redis.setIfNotExists(key(i), "first"));
    const later = redis.setIfNotExists(key(0), "second");
    const replaced = redis.set(key(1), "later");
    const deleted = redis.deleteKey(key(2));
    assertEquals(await Promise.all(calls), [true, true, true]);
    assertEquals([await later, await deleted], [false, 1]);
    await replaced;
    assertEquals(await redis.get(key(1)), "later");
    await redis.delete(key(0), key(1));
  } finally {
    await admin.ask("ACL", "DELUSER", name);
  }
});
