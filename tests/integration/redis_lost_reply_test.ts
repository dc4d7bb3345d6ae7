// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  OutcomeUnknownError,
  RedisClient,
  RedisIdempotencyStore,
} from "../../redis/mod.ts";
import {
  called,
  connectThrough,
  naming,
  proxyRedis,
} from "./_proxied_redis.ts";
import { redisUrl, uniqueName } from "./_services.ts";

/** A client through a proxy, a key of its own, and a client that sees all. */
async function setUp() {
  const proxy = await proxyRedis();
  const redis = await connectThrough(proxy);
  const witness = await RedisClient.connect({ clientId: "w", url: redisUrl() });
  const key = uniqueName("lost");
  return {
    proxy,
    redis,
    witness,
    key,
    async [Symbol.asyncDispose]() {
      await redis.stop();
      await witness.delete(key, `{${key}}:fence`);
      await witness.stop();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

Deno.test("RedisClient.incr() is not sent again when its reply is lost", async () => {
  await using t = await setUp();
  for (let i = 1; i <= 5; i++) {
    const sprung = t.proxy.cutReply({ match: called("INCR") });
    const error = await assertRejects(
      () => t.redis.incr(t.key),
      OutcomeUnknownError,
    );
    await sprung;
    assertEquals(error.command, "INCR");
    assertEquals(await t.witness.get(t.key), String(i));
  }
  assertEquals(await t.redis.incr(t.key), 6);
});

Deno.test("RedisClient.get() and set() are sent again when their reply is lost", async () => {
  await using t = await setUp();
  const lostSet = t.proxy.cutReply({ match: called("SET") });
  await t.redis.set(t.key, "a", { ttlMs: 60_000 });
  await lostSet;
  const lostGet = t.proxy.cutReply({ match: called("GET") });
  assertEquals(await t.redis.get(t.key), "a");
  await lostGet;
  const lostExpire = t.proxy.cutRequest({ match: called("PEXPIRE") });
  assertEquals(await t.redis.expire(t.key, 30_000), true);
  await lostExpire;
});

Deno.test("RedisClient.delete() and hset() tell that the outcome is unknown", async () => {
  await using t = await setUp();
  t.proxy.cutReply({ match: called("HSET") });
  await assertRejects(() => t.redis.hset(t.key, "f", "v"), OutcomeUnknownError);
  assertEquals(await t.witness.hget(t.key, "f"), "v");
  t.proxy.cutReply({ match: called("DEL") });
  await assertRejects(() => t.redis.delete(t.key), OutcomeUnknownError);
  assertEquals(await t.witness.exists(t.key), false);
});

Deno.test("RedisClient.setIfNotExists() never says that its own write was there before", async () => {
  await using t = await setUp();
  for (let i = 0; i < 20; i++) {
    const key = `${t.key}:${i}`;
    const sprung = t.proxy.cutReply({ match: naming(key) });
    await assertRejects(
      () => t.redis.setIfNotExists(key, "mine", { ttlMs: 60_000 }),
      OutcomeUnknownError,
    );
    await sprung;
    assertEquals(await t.witness.get(key), "mine");
    await t.witness.delete(key);
  }
});

Deno.test("RedisClient.setIfNotExists() tells another's write from its own", async () => {
  await using t = await setUp();
  await t.witness.set(t.key, "theirs");
  const sprung = t.proxy.cutReply({ match: naming(t.key) });
  assertEquals(await t.redis.setIfNotExists(t.key, "mine"), false);
  await sprung;
  await t.witness.delete(t.key);
  await t.witness.sadd(t.key, "theirs");
  t.proxy.cutReply({ match: naming(t.key) });
  assertEquals(await t.redis.setIfNotExists(t.key, "mine"), false);
});

Deno.test("RedisClient.setIfNotExists() sets what the server never heard of", async () => {
  await using t = await setUp();
  const sprung = t.proxy.cutRequest({ match: naming(t.key) });
  const ttl = { ttlMs: 60_000 };
  assertEquals(await t.redis.setIfNotExists(t.key, "mine", ttl), true);
  await sprung;
  assertEquals(await t.witness.get(t.key), "mine");
  assert(await t.witness.ttl(t.key) > 0);
});

Deno.test("RedisClient.claim() holds the key when its reply is lost", async () => {
  await using t = await setUp();
  for (let i = 1; i <= 20; i++) {
    const sprung = t.proxy.cutReply({ match: naming(t.key) });
    const claim = await t.redis.claim(t.key, { ttlMs: 60_000 });
    await sprung;
    assertEquals(claim?.fence, i);
    assertEquals(await t.witness.get(t.key), claim?.token);
    assertEquals(await claim?.release(), true);
  }
});

Deno.test("a claim whose release was lost is free, and says that it cannot tell", async () => {
  await using t = await setUp();
  const first = await t.redis.claim(t.key, { ttlMs: 60_000 });
  t.proxy.cutReply({ match: naming(t.key) });
  await assertRejects(async () => await first?.release(), OutcomeUnknownError);
  assertEquals(await t.witness.exists(t.key), false);
  {
    await using second = await t.redis.claim(t.key, { ttlMs: 60_000 });
    t.proxy.cutReply({ match: naming(t.key) });
    assertEquals(await second?.extend(60_000), true);
    t.proxy.cutReply({ match: naming(t.key) });
  }
  assertEquals(await t.witness.exists(t.key), false);
  const third = await t.redis.claim(t.key, { ttlMs: 60_000 });
  t.proxy.cutRequest({ match: naming(t.key) });
  assertEquals(await third?.release(), true);
});

Deno.test("a transaction whose EXEC reply was lost is not applied again", async () => {
  await using t = await setUp();
  await using tx = await t.redis.watch(t.key);
  const sprung = t.proxy.cutReply({ match: called("EXEC") });
  const error = await assertRejects(
    () => tx.multi().incr(t.key).exec(),
    OutcomeUnknownError,
  );
  await sprung;
  assertEquals(error.command, "EXEC");
  assertEquals(await t.witness.get(t.key), "1");
});

const record = {
  processedBy: "essays",
  eventId: "e",
  correlationId: "c",
  sourceService: "files",
};

Deno.test("RedisIdempotencyStore claims and completes when replies are lost", async () => {
  await using t = await setUp();
  const store = new RedisIdempotencyStore(t.redis);
  for (let i = 0; i < 20; i++) {
    const sprung = t.proxy.cutReply({ match: naming(t.key) });
    const claim = await store.claim(t.key, 60_000, record);
    await sprung;
    assert(claim.status === "claimed");
    const lostExtend = t.proxy.cutReply({ match: naming(t.key) });
    assertEquals(await store.extend(t.key, claim.token, 60_000), true);
    await lostExtend;
    const lostComplete = t.proxy.cutReply({ match: naming(t.key) });
    assertEquals(await store.complete(t.key, claim.token, 60_000), true);
    await lostComplete;
    const again = await store.claim(t.key, 60_000, record);
    assertEquals(again.status, "completed");
    await t.witness.delete(t.key);
  }
});

Deno.test("RedisIdempotencyStore frees the event when the reply to release is lost", async () => {
  await using t = await setUp();
  const store = new RedisIdempotencyStore(t.redis);
  const first = await store.claim(t.key, 60_000, record);
  assert(first.status === "claimed");
  t.proxy.cutRequest({ match: naming(t.key) });
  assertEquals(await store.release(t.key, first.token), true);
  const second = await store.claim(t.key, 60_000, record);
  assert(second.status === "claimed");
  t.proxy.cutReply({ match: naming(t.key) });
  await assertRejects(
    () => store.release(t.key, second.token),
    OutcomeUnknownError,
  );
  assertEquals(await t.witness.exists(t.key), false);
  assertEquals(await store.release(t.key, second.token), false);
});
