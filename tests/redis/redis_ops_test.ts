// Copyright 2026 the HuleEdu authors. MIT license.

// The double; `tests/integration/redis_ops_test.ts` does the same on a server.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { RedisClient } from "../../redis/mod.ts";
import { MemoryRedis } from "../../testing/memory_redis.ts";
import { ECHO_SCRIPT, OPS_CASES } from "./ops_cases.ts";
import { caseId, checkVector, OPS_VECTORS } from "./ops_vectors.ts";

for (const vector of OPS_VECTORS) {
  if (OPS_CASES[caseId(vector)]?.onlyReal) continue;
  Deno.test(`MemoryRedis answers as Python did: ${vector.name}`, async () => {
    await using redis = await MemoryRedis.connect();
    redis.defineScript(
      ECHO_SCRIPT,
      (keys, args) => [keys[0], args[0], keys.length],
    );
    await checkVector(vector, { redis, unstarted: new MemoryRedis() });
  });
}

Deno.test("each recorded operation is checked, and nothing else", () => {
  assertEquals(Object.keys(OPS_CASES).sort(), OPS_VECTORS.map(caseId).sort());
});

/** Those of the Python client, and the queue client's of sets and hashes. */
const OPERATIONS = [
  ...["setIfNotExists", "get", "setex", "deleteKey", "delete", "exists"],
  ...["expire", "ttl", "ping", "scanPattern"],
  ...["watch", "multi", "transaction", "registerScript", "executeScript"],
  ...["sadd", "srem", "scard", "smembers", "spop"],
  ...["zadd", "zrem", "zcard", "zrange", "zrangeWithScores"],
  ...["hset", "hget", "hmget", "hdel", "hlen", "hkeys", "hgetall", "hexists"],
  ...["rpush", "lpush", "lrange", "llen", "blpop"],
  ...["publish", "subscribe", "getUserChannel", "publishUserNotification"],
];

Deno.test("RedisClient and MemoryRedis have every operation of the Python clients", () => {
  const clients: object[] = [
    new RedisClient({ clientId: "t", url: "redis://127.0.0.1:1" }),
    new MemoryRedis(),
  ];
  for (const client of clients) {
    assertEquals(OPERATIONS.filter((name) => !(name in client)), []);
    assert("pubsub" in client);
  }
});

Deno.test("an empty list is refused before the wire, also by a client that has none", async () => {
  const clients = [
    new RedisClient({ clientId: "t", url: "redis://127.0.0.1:1" }),
    new MemoryRedis(),
  ];
  for (const client of clients) {
    const calls = [
      () => client.delete(),
      () => client.sadd("k"),
      () => client.srem("k"),
      () => client.zadd("k", {}),
      () => client.zrem("k"),
      () => client.hmget("k"),
      () => client.hdel("k"),
      () => client.rpush("k"),
      () => client.lpush("k"),
      () => client.blpop([]),
      () => client.watch(),
    ];
    for (const call of calls) await assertRejects(call, TypeError, "empty");
    for (const members of [new Map([["a", 1]]), [1], null]) {
      await assertRejects(
        () => client.zadd("k", members as never),
        TypeError,
        '"members" must be an object of scores by member, received',
      );
    }
  }
});
