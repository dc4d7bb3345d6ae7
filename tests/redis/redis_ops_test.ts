// Copyright 2026 the HuleEdu authors. MIT license.

// What the Python client returned, operation by operation. Seconds are
// milliseconds here, and `exists` is a boolean as in Python's queue client.

import { assertEquals } from "@std/assert";
import { MemoryRedis } from "../../testing/memory_redis.ts";

interface Vector {
  readonly name: string;
  readonly input: { readonly method: string };
  readonly expected?: { readonly returns?: unknown };
}

type Run = (redis: MemoryRedis) => Promise<unknown>;

const RUNS: Readonly<Record<string, Run>> = {
  "004": (redis) => redis.ping(),
  "007": async (redis) => {
    await redis.setIfNotExists("k", "v1");
    return await redis.setIfNotExists("k", "v2", { ttlMs: 5_000 });
  },
  "011": async (redis) => {
    await redis.set("noexp", "v");
    return await redis.ttl("noexp");
  },
  "014": (redis) => redis.setIfNotExists("num", "7"),
  "019": async (redis) => {
    await redis.set("s", "hå 😀");
    return await redis.get("s");
  },
  "022": (redis) => isDone(redis.setex("e", 60_000, "")),
  "023": async (redis) => {
    await redis.setex("e", 60_000, "");
    return await redis.get("e");
  },
  "024": async (redis) => {
    await redis.set("s", "v");
    return Number(await redis.exists("s"));
  },
  "026": async (redis) => {
    await redis.set("s", "v");
    return await redis.expire("s", 10_000);
  },
  "027": (redis) => redis.expire("missing", 10_000),
  "029": (redis) => redis.deleteKey("s"),
  "030": async (redis) => {
    await redis.set("k", "v");
    await redis.set("noexp", "v");
    return await redis.delete("k", "noexp", "missing");
  },
  "033": async (redis) => {
    await redis.sadd("set", "a");
    return await redis.sadd("set", "a", "b", "c");
  },
  "040": (redis) => redis.sadd("one", "only"),
  "041": async (redis) => {
    await redis.sadd("one", "only");
    return await redis.spop("one");
  },
  "043": (redis) => redis.zadd("z1", { a: 1.5, b: 2 }),
  "048": async (redis) => {
    await redis.hset("h", "f", "v1");
    return await redis.hset("h", "f", "v2");
  },
  "050": (redis) => redis.hget("h", "x"),
  "052": async (redis) => {
    await redis.hset("h", "f", "v2");
    return { ...await redis.hgetall("h") };
  },
  "054": async (redis) => {
    await redis.hset("h", "f", "v2");
    return await redis.hexists("h", "f");
  },
  "055": (redis) => redis.hexists("h", "x"),
  "056": (redis) => redis.rpush("l", "a", "b"),
  "058": async (redis) => {
    await redis.rpush("l", "a", "b");
    await redis.lpush("l", "z");
    return await redis.lrange("l", 0, -1);
  },
  "059": (redis) => redis.lrange("none", 0, -1),
  "060": async (redis) => {
    await redis.rpush("l", "z", "a", "b");
    return await redis.llen("l");
  },
  "061": async (redis) => {
    await redis.rpush("l", "z", "a", "b");
    return { $tuple: await redis.blpop(["none", "l"], 1_000) };
  },
  "064": async (redis) => {
    for (let i = 0; i < 20; i++) {
      await redis.set(`scan:${String(i).padStart(3, "0")}`, "");
    }
    return (await Array.fromAsync(redis.scanPattern("scan:00?"))).sort();
  },
  "065": (redis) => Array.fromAsync(redis.scanPattern("nothing:*")),
  "067": async (redis) => {
    const body = "return {KEYS[1], ARGV[1], #KEYS}";
    redis.defineScript(body, (keys, args) => [keys[0], args[0], keys.length]);
    const sha = await redis.registerScript(body);
    return await redis.executeScript(sha, ["k1", "k2"], ["a1"]);
  },
  "082": async (redis) => {
    await redis.zadd("pq", { i1: 3, i2: 1, i3: 2 });
    return await redis.zcard("pq");
  },
  "083": (redis) => redis.zcard("none"),
  "084": async (redis) => {
    await redis.zadd("pq", { i1: 3, i2: 1, i3: 2 });
    return await redis.zrange("pq", 0, -1);
  },
  "085": async (redis) => {
    await redis.zadd("pq", { i1: 3, i2: 1, i3: 2 });
    const pairs = await redis.zrangeWithScores("pq", 0, 0);
    return pairs.map((pair) => ({ $tuple: pair }));
  },
  "090": (redis) => redis.hset("d", "f", "v"),
  "092": (redis) => redis.hget("d", "x"),
  "094": async (redis) => {
    await redis.hset("d", "empty", "");
    return await redis.hget("d", "empty");
  },
  "095": async (redis) => {
    await redis.hset("d", "f", "v");
    return await redis.hdel("d", "f", "x");
  },
  "097": async (redis) => {
    await redis.hset("d", "empty", "");
    return await redis.hexists("d", "empty");
  },
  "098": async (redis) => {
    await redis.hset("d", "empty", "");
    return await redis.hkeys("d");
  },
  "102": (redis) => isDone(redis.setex("k", 5_000, "v")),
  "103": async (redis) => {
    await redis.setex("k", 5_000, "v");
    return await redis.delete("k");
  },
};

const vectors: Vector[] = JSON.parse(
  await Deno.readTextFile(
    new URL("../vectors/redis_ops.json", import.meta.url),
  ),
);

for (const [id, run] of Object.entries(RUNS)) {
  const vector = vectors.find(({ name }) => name.startsWith(`${id} `));
  Deno.test(`MemoryRedis returns what Python did: ${vector?.name}`, async () => {
    await using redis = await MemoryRedis.connect();
    assertEquals(await run(redis), vector?.expected?.returns);
  });
}

/** Python gives `True` where there is nothing else to say. */
async function isDone(work: Promise<void>): Promise<true> {
  await work;
  return true;
}
