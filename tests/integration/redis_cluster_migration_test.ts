// Copyright 2026 the HuleEdu authors. MIT license.

// Slots move from master to master while clients write to them, by each kind of
// connection that a client has.

import { assert, assertEquals } from "@std/assert";
import { keySlot } from "../../redis/_key_slot.ts";
import type { RedisTransaction } from "../../protocols.ts";
import { RedisClient } from "../../redis/mod.ts";
import { startRedisCluster } from "../../tools/services/mod.ts";
import { SlotMove, tagsFrom } from "./_redis_cluster.ts";
import { neverHanging } from "./_redis_faults.ts";
import { Writers } from "./_redis_writers.ts";

/** The first third of the slots. */
const LAST_SLOT_OF_FIRST = 5_460;

Deno.test("slots that move lose no write, double none, and hold nobody up for ever", async () => {
  await using cluster = await startRedisCluster();
  const { nodes } = cluster;
  const [first, second] = nodes;
  assert(first !== undefined && second !== undefined);
  await using redis = await RedisClient.connect({
    clientId: "t",
    cluster: { nodes: cluster.addresses.slice(0, 1) },
  });
  const tags = tagsFrom(0, LAST_SLOT_OF_FIRST, 4);
  const keys = tags.flatMap((tag) => [1, 2, 3].map((n) => `{${tag}}:${n}`));
  const writers = new Writers(redis, keys);
  await writers.more(500);
  for (const [from, to] of [[first, second], [second, first]] as const) {
    for (const tag of tags) {
      const move = new SlotMove(keySlot(tag), from, to, nodes);
      await move.begin();
      await writers.more(100);
      while (await move.moveKeys()) await writers.more(10);
      await writers.more(100);
      await move.end();
      await writers.more(100);
    }
  }
  const { acknowledged, ...report } = await writers.finish();
  assert(acknowledged > 3_000);
  assertEquals(report, {
    unknown: 0,
    failed: 0,
    lost: [],
    doubled: [],
    phantoms: [],
    wrong: [],
  });
});

Deno.test("claims, sets in one turn, waits and transactions go with a slot that moves", async () => {
  await using cluster = await startRedisCluster();
  const { nodes } = cluster;
  const [first, second] = nodes;
  assert(first !== undefined && second !== undefined);
  await using redis = await RedisClient.connect({
    clientId: "t",
    cluster: { nodes: cluster.addresses },
  });
  const [tag = ""] = tagsFrom(0, LAST_SLOT_OF_FIRST, 1);
  const key = (name: string) => `{${tag}}:${name}`;
  await redis.set(key("watched"), "0");
  await redis.rpush(key("there"), "v");
  await redis.claim(key("first"), { ttlMs: 60_000 });
  const popped = redis.blpop([key("list")], 0);
  popped.catch(() => {});
  await using tx = await redis.watch(key("watched"));
  const move = new SlotMove(keySlot(tag), first, second, nodes);
  await move.begin();
  // Not there yet, so they belong to the new one already.
  const each = await Promise.all(
    ["a", "b", "c"].map((name) => redis.setIfNotExists(key(name), "mine")),
  );
  assertEquals(each, [true, true, true]);
  // It has two keys, of which none is there: it waits for the end.
  const claimed = redis.claim(key("claim"), { ttlMs: 60_000 });
  assertEquals(await redis.multi().incr(key("n")).exec(), [1]);
  // Some are here, some there, and they are read and deleted wherever they are.
  assertEquals(await tx.get(key("a")), "mine");
  assertEquals(await tx.get(key("watched")), "0");
  assertEquals(await redis.delete(key("b"), key("first"), key("none")), 2);
  const increment = async (transaction: RedisTransaction) => {
    const value = Number(await transaction.get(key("tx")));
    transaction.multi().set(key("tx"), String(value + 1));
  };
  await redis.transaction([key("tx")], increment);
  assertEquals(await redis.blpop([key("there")], 1_000), [key("there"), "v"]);
  await move.end();
  assertEquals((await claimed)?.fence, 1);
  // What was watched is elsewhere: for all that is known it has changed.
  assertEquals(await tx.multi().set(key("watched"), "1").exec(), null);
  await redis.transaction([key("tx")], increment);
  assertEquals(await redis.get(key("tx")), "2");
  assertEquals((await redis.claim(key("first"), { ttlMs: 9_000 }))?.fence, 2);
  await redis.rpush(key("list"), "w");
  assertEquals(await neverHanging(popped, "blpop"), [key("list"), "w"]);
});

Deno.test("RedisClient.scanPattern() finds each key once while slots move", async () => {
  await using cluster = await startRedisCluster();
  const { nodes } = cluster;
  const [first, second, third] = nodes;
  assert(first !== undefined && second !== undefined && third !== undefined);
  await using redis = await RedisClient.connect({
    clientId: "t",
    cluster: { nodes: cluster.addresses },
  });
  const tags = [
    ...tagsFrom(0, LAST_SLOT_OF_FIRST, 3),
    ...tagsFrom(2 * LAST_SLOT_OF_FIRST + 10, 16_383, 3),
  ];
  const keys = tags.flatMap((tag) =>
    Array.from({ length: 50 }, (_, i) => `k:{${tag}}:${i}`)
  );
  await Promise.all(keys.map((key) => redis.set(key, "v")));
  // One slot is under way from the first step to the last.
  const lasting = new SlotMove(keySlot(tags[0]!), first, second, nodes);
  await lasting.begin();
  await lasting.moveKeys();
  const moves = tags.slice(1).map((tag, i) => {
    const [from, to] = i < 2 ? [first, third] : [third, first];
    return new SlotMove(keySlot(tag), from, to, nodes);
  });
  const found: string[] = [];
  for await (const key of redis.scanPattern("k:*", { count: 5 })) {
    found.push(key);
    if (found.length % 50 !== 10) continue;
    await lasting.moveKeys();
    const move = moves.shift();
    await move?.begin();
    await move?.end();
  }
  assertEquals(found.toSorted(), keys.toSorted());
});
