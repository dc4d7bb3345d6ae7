// Copyright 2026 the HuleEdu authors. MIT license.

// A master of a cluster dies, and another hands over, while clients write.

import { assert, assertEquals } from "@std/assert";
import { RedisClient, RedisPubSub } from "../../redis/mod.ts";
import { askRedis, startRedisCluster } from "../../tools/services/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import { idOf, order, tagsFrom } from "./_redis_cluster.ts";
import { neverHanging, until } from "./_redis_faults.ts";
import { SubscriptionReader } from "./_subscription_reader.ts";
import { Writers } from "./_redis_writers.ts";

Deno.test("a master that dies, and one that hands over, lose no confirmed write", async () => {
  await using cluster = await startRedisCluster({ replicas: 1 });
  const [first, , , replica] = cluster.nodes;
  assert(first !== undefined && replica !== undefined);
  const options = {
    clientId: "t",
    cluster: { nodes: cluster.addresses.slice(1, 2) },
  };
  await using redis = await RedisClient.connect(options);
  await using pubsub = await RedisPubSub.connect(options);
  await using sub = await pubsub.subscribe("c");
  const reader = new SubscriptionReader(sub);
  const keys = [
    ...tagsFrom(0, 5_460, 6),
    ...tagsFrom(6_000, 10_000, 3),
    ...tagsFrom(12_000, 16_000, 3),
  ];
  const writers = new Writers(redis, keys);
  await writers.more(1_000);
  const barrier = keys[0]!;
  const confirmed = new Set(await confirm(first.port, barrier, writers));

  // The subscription is on it too, as the first that has slots.
  await first.kill();
  await until("the replica has the slots", () => isMaster(replica.port));
  await writers.more(500);
  await reader.gap();
  await redis.publish("c", "1");
  assertEquals((await reader.next()).message, "1");

  await first.restart();
  await until("it follows", () => isFollowed(replica.port));
  for (const value of await confirm(replica.port, barrier, writers)) {
    confirmed.add(value);
  }
  // Loses nothing: the master waits for its replica before it hands over.
  await order(first.port, "CLUSTER", "FAILOVER");
  await until("it has the slots again", () => isMaster(first.port));
  await writers.more(500);
  // It is on another node now, which stays: nothing is missing.
  await redis.publish("c", "2");
  assertEquals((await reader.next()).message, "2");

  const report = await writers.finish();
  assertEquals(report.lost.filter((value) => confirmed.has(value)), []);
  assertEquals(report.doubled, []);
  assertEquals(report.phantoms, []);
  assertEquals(report.wrong, []);
});

Deno.test("a wait on a master that is gone says so, and the next is on the new one", async () => {
  await using cluster = await startRedisCluster({ replicas: 1 });
  const [first, , , replica] = cluster.nodes;
  const [tag = ""] = tagsFrom(0, 5_460, 1);
  await using redis = await RedisClient.connect({
    clientId: "t",
    commandTimeoutMs: 10_000,
    cluster: { nodes: cluster.addresses },
  });
  const popped = redis.blpop([tag], 0).catch(String);
  await until("it waits", async () => {
    const info = await askRedis(first!.port, "INFO", "clients");
    return info.includes("blocked_clients:1");
  });
  await using tx = await redis.watch(tag);
  await first!.kill();
  const outcome = String(await neverHanging(popped, "blpop"));
  assert(outcome.includes("BLPOP may or may not have been applied"), outcome);
  const failed = tx.multi().rpush(tag, "lost").exec().catch(String);
  assert(String(await failed).includes("EXEC was not sent"));
  // Begun before anybody else has its slots.
  const next = redis.blpop([tag], 20_000);
  const written = redis.transaction([tag], (again) => {
    again.multi().rpush(tag, "v");
    return Promise.resolve();
  });
  await until("the replica has the slots", () => isMaster(replica!.port));
  assertEquals(await neverHanging(written, "The transaction"), [1]);
  assertEquals(await neverHanging(next, "blpop"), [tag, "v"]);
});

Deno.test("a master that hangs is left for its replica", async () => {
  await using cluster = await startRedisCluster({ replicas: 1 });
  const [first, , , replica] = cluster.nodes;
  await using redis = await RedisClient.connect({
    clientId: "t",
    commandTimeoutMs: 1_000,
    cluster: { nodes: cluster.addresses },
  });
  const writers = new Writers(redis, tagsFrom(0, 5_460, 6));
  await writers.more(200);
  await first!.kill("SIGSTOP");
  await until("the replica has the slots", () => isMaster(replica!.port));
  await writers.more(200);
  await first!.kill("SIGCONT");
  await writers.more(200);
  const report = await writers.finish();
  assertEquals(report.doubled, []);
  assertEquals(report.phantoms, []);
  assertEquals(report.wrong, []);
});

/** The writes acknowledged so far, once the replica has them all. */
async function confirm(
  port: number,
  key: string,
  writers: Writers,
): Promise<readonly string[]> {
  const { acknowledged } = writers;
  using admin = await RedisAdmin.connect(port);
  await admin.ask("INCR", `{${key}}:barrier`);
  assertEquals(await admin.ask("WAIT", "1", "10000"), "1");
  return acknowledged;
}

async function isMaster(port: number): Promise<boolean> {
  return (await askRedis(port, "CLUSTER", "NODES"))
    .includes("myself,master - 0 ") &&
    (await askRedis(port, "ROLE")).includes("master");
}

/** Whether a master has a replica, and knows it for one. */
async function isFollowed(port: number): Promise<boolean> {
  const info = await askRedis(port, "INFO", "replication");
  const nodes = await askRedis(port, "CLUSTER", "NODES");
  const follower = / slave (\w+) /.exec(nodes)?.[1];
  return info.includes("state=online") && follower === await idOf(port);
}
