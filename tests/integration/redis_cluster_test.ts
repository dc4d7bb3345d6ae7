// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { keySlot } from "../../redis/_key_slot.ts";
import {
  CrossSlotError,
  OutcomeUnknownError,
  RedisClient,
  RedisCommandError,
  RedisConnectionError,
} from "../../redis/mod.ts";
import {
  type RedisCluster,
  startRedis,
  startRedisCluster,
} from "../../tools/services/mod.ts";
import { order, tagsFrom } from "./_redis_cluster.ts";

/** A key on each of three masters. */
const EACH = [[0, 5_460], [5_470, 10_920], [10_930, 16_383]] as const;
const [A = "", B = "", C = ""] = EACH.flatMap(([from, to]) =>
  tagsFrom(from, to, 1)
);

Deno.test("RedisClient in a cluster", async (t) => {
  await using cluster = await startRedisCluster();
  const { nodes } = cluster;
  await using redis = await connect(cluster);

  await t.step("sets, reads and deletes keys of all nodes", async () => {
    const keys = Array.from({ length: 500 }, (_, i) => `key ${i} å {`);
    await Promise.all(keys.map((key) => redis.setIfNotExists(key, key)));
    for (const key of keys) assertEquals(await redis.get(key), key);
    assertEquals(await redis.exists(A), false);
    assertEquals(await redis.delete(...keys, "none"), 500);
    assertEquals(await redis.ping(), true);
  });

  await t.step(
    "refuses keys of several slots before they are sent",
    async () => {
      const sha = await redis.registerScript("return #KEYS");
      await using tx = await redis.watch(A);
      const calls: Array<[string, () => Promise<unknown>]> = [
        ["EVALSHA", () => redis.executeScript(sha, [A, B], [])],
        ["WATCH", () => redis.watch(A, B)],
        ["BLPOP", () => redis.blpop([A, B], 1_000)],
        ["EXEC", () => redis.multi().set(A, "v").set(B, "v").exec()],
        ["GET", () => tx.get(B)],
        ["EXEC", () => tx.multi().set(B, "v").exec()],
      ];
      for (const [command, call] of calls) {
        const error = await assertRejects(
          call,
          CrossSlotError,
          `${command} was not sent: its keys are in several slots`,
        );
        assertEquals(error.command, command);
        assertEquals(error.message.includes(A), false);
      }
      assertEquals(await redis.delete(A, B), 0);
    },
  );

  await t.step(
    "runs scripts on each node, also where they were forgotten",
    async () => {
      const sha = await redis.registerScript("return KEYS[1]");
      const run = async () => {
        for (const key of [A, B, C]) {
          assertEquals(await redis.executeScript(sha, [key], []), key);
        }
      };
      await run();
      for (const { port } of nodes) await order(port, "SCRIPT", "FLUSH");
      await run();
      assertEquals(
        await Promise.all(
          [A, B, C].map((key) => redis.compareAndSet(key, "none", "v")),
        ),
        [false, false, false],
      );
    },
  );

  await t.step("scans all masters, each key once", async () => {
    const keys = Array.from({ length: 300 }, (_, i) => `scan:${i}`);
    await Promise.all(keys.map((key) => redis.set(key, "v")));
    const found: string[] = [];
    for await (const key of redis.scanPattern("scan:*", { count: 10 })) {
      found.push(key);
    }
    assertEquals(found.toSorted(), keys.toSorted());
    assertEquals(await redis.delete(...keys), 300);
  });

  await t.step("hears on one node what is published on another", async () => {
    await using other = await connect(cluster, 1);
    await using sub = await redis.subscribe("c");
    await using pattern = await redis.subscribePattern("c*");
    assertEquals(await other.publish("c", "m"), 2);
    for (const each of [sub, pattern]) {
      for await (const { message } of each) {
        assertEquals(message, "m");
        break;
      }
    }
  });

  await t.step("says what a cut-off node leaves open", async () => {
    await using short = await connect(cluster, 0, 500);
    await short.set(A, "v");
    await nodes[1]!.kill();
    const error = await assertRejects(
      () => short.delete(A, B),
      OutcomeUnknownError,
    );
    assertEquals(error.command, "DEL");
    assertEquals(await short.get(A), null);
    await assertRejects(() => short.get(B), RedisConnectionError);
    await assertRejects(() => short.incr(B), RedisConnectionError);
    await assertRejects(() => short.watch(B), RedisConnectionError);
    assertEquals(await short.ping(), false);
    await nodes[1]!.restart();
    assertEquals(await redis.incr(B), 1);
  });
});

Deno.test("RedisClient asks other nodes where the first does not answer", async () => {
  await using cluster = await startRedisCluster();
  await cluster.nodes[0]!.kill();
  await using redis = await connect(cluster);
  await redis.set(C, "v");
  assertEquals(await redis.get(C), "v");
});

Deno.test("RedisClient.start() says so where there is no cluster", async () => {
  await using server = await startRedis();
  const nodes = [{ host: "127.0.0.1", port: server.port }];
  const error = await assertRejects(
    () => RedisClient.connect({ clientId: "t", cluster: { nodes } }),
    RedisConnectionError,
    "cluster support disabled",
  );
  assert(error.cause instanceof RedisCommandError);
  await server.kill();
  await assertRejects(
    () => RedisClient.connect({ clientId: "t", cluster: { nodes } }),
    RedisConnectionError,
    "ECONNREFUSED",
  );
});

Deno.test("RedisClient logs in to each node of a cluster, through a map of addresses", async () => {
  await using cluster = await startRedisCluster();
  for (const { port } of cluster.nodes) {
    await order(port, ..."ACL SETUSER essays on >pw ~* &* +@all".split(" "));
  }
  const [first, ...others] = cluster.addresses;
  const natMap = Object.fromEntries(
    others.map(({ host, port }) => [
      `${host}:${port}`,
      { host: "localhost", port },
    ]),
  );
  await using redis = await RedisClient.connect({
    clientId: "t",
    cluster: { nodes: [first!], username: "essays", password: "pw", natMap },
  });
  for (const key of [A, B, C]) assertEquals(await redis.incr(key), 1);
  const error = await assertRejects(
    () =>
      RedisClient.connect({
        clientId: "t",
        cluster: { nodes: [first!], username: "essays", password: "wr0ng" },
      }),
    RedisConnectionError,
    "WRONGPASS",
  );
  assertEquals(error.message.includes("wr0ng"), false);
});

Deno.test("the keys of these tests are on three masters", () => {
  const owners = [A, B, C].map((key) =>
    EACH.findIndex(([from, to]) => keySlot(key) >= from && keySlot(key) <= to)
  );
  assertEquals(owners, [0, 1, 2]);
});

function connect(
  { addresses }: RedisCluster,
  from = 0,
  commandTimeoutMs = 5_000,
): Promise<RedisClient> {
  const nodes = addresses.slice(from, from + 2);
  return RedisClient.connect({
    clientId: "t",
    cluster: { nodes },
    commandTimeoutMs,
  });
}
