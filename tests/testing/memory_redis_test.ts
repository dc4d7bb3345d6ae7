// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { NotStartedError, RedisCommandError } from "../../redis/errors.ts";
import { testAtomicRedisClient } from "../../testing/conformance/redis_client_suite.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { MemoryRedis } from "../../testing/memory_redis.ts";

testAtomicRedisClient(
  (name, fn) => Deno.test(`MemoryRedis: ${name}`, fn),
  () => MemoryRedis.connect(),
);

Deno.test("MemoryRedis ends keys by its clock", async () => {
  const clock = new ManualClock();
  await using redis = await MemoryRedis.connect({ clock });
  await redis.setex("k", 1_000, "v");
  await redis.hset("h", "f", "v");
  await redis.expire("h", 2_000);
  await clock.advance(999);
  assertEquals([await redis.get("k"), await redis.ttl("k")], ["v", 1]);
  await clock.advance(1);
  assertEquals([await redis.get("k"), await redis.ttl("k")], [null, -2]);
  assertEquals(await redis.hlen("h"), 1);
  await clock.advance(1_000);
  assertEquals(await Array.fromAsync(redis.scanPattern("*")), []);
});

Deno.test("MemoryRedis counts a watched key that ends as changed", async () => {
  const clock = new ManualClock();
  await using redis = await MemoryRedis.connect({ clock });
  await redis.setex("k", 1_000, "v");
  await using tx = await redis.watch("k");
  await clock.advance(1_000);
  assertEquals(await tx.multi().set("k", "mine").exec(), null);
});

Deno.test("MemoryRedis.blpop() waits by its clock", async () => {
  const clock = new ManualClock();
  await using redis = await MemoryRedis.connect({ clock });
  const waits = redis.blpop(["l"], 500);
  await clock.advance(500);
  assertEquals(await waits, null);
  const first = redis.blpop(["l"], 500);
  const second = redis.blpop(["l"], 500);
  await redis.rpush("l", "a");
  assertEquals(await first, ["l", "a"]);
  await redis.multi().lpush("l", "b").exec();
  assertEquals(await second, ["l", "b"]);
  assertEquals(clock.pendingSleeps, 0);
});

Deno.test("MemoryRedis runs what a script is said to do, as one step", async () => {
  await using redis = await MemoryRedis.connect();
  const body = "return redis.call('INCR', KEYS[1])";
  const sha = await redis.registerScript(body);
  await assertRejects(
    () => redis.executeScript(sha, ["n"], []),
    TypeError,
    "MemoryRedis runs no Lua",
  );
  redis.defineScript(body, ([key = ""], _args, call) => call("incr", key));
  assertEquals(await redis.executeScript(sha, ["n"], []), 1);
  await redis.sadd("s", "a");
  await assertRejects(
    () => redis.executeScript(sha, ["s"], []),
    RedisCommandError,
    "WRONGTYPE",
  );
});

Deno.test("MemoryRedis.pubsub is started and stopped with it", async () => {
  await using redis = await MemoryRedis.connect();
  const sub = await redis.subscribe(redis.getUserChannel("u1"));
  assertEquals(await redis.publishUserNotification("u1", "e", {}), 1);
  assertEquals(await redis.pubsub.publish("ws:u1", "2"), 1);
  await redis.stop();
  const read = await Array.fromAsync(sub, ({ message }) => message);
  assertEquals(read, ['{"event": "e", "data": {}}', "2"]);
  await assertRejects(() => redis.publish("c", "m"), NotStartedError);
});
