// Copyright 2026 the HuleEdu authors. MIT license.

// What holds on one server holds in a cluster, and behind sentinels.

import { RedisClient, RedisPubSub } from "../../redis/mod.ts";
import type {
  RedisClusterOptions,
  RedisSentinelOptions,
} from "../../redis/mod.ts";
import { testPubSub } from "../../testing/conformance/pubsub_suite.ts";
import {
  testAtomicRedisClient,
} from "../../testing/conformance/redis_client_suite.ts";
import { testUserHistory } from "../../testing/conformance/user_history_suite.ts";
import {
  startRedisCluster,
  startRedisSentinel,
} from "../../tools/services/mod.ts";

type Server =
  | { readonly cluster: RedisClusterOptions }
  | { readonly sentinel: RedisSentinelOptions };

/** It counts the subscribers on the node of the history, which is any. */
const COUNTS_ON_ONE_NODE = "UserHistory writes an id behind what Python reads";

Deno.test("RedisClient and RedisPubSub in a cluster hold what they promise", async (t) => {
  await using servers = await startRedisCluster();
  await hold(t, { cluster: { nodes: servers.addresses } }, COUNTS_ON_ONE_NODE);
});

Deno.test("RedisClient and RedisPubSub behind sentinels hold what they promise", async (t) => {
  await using servers = await startRedisSentinel();
  const { name } = servers;
  const sentinels = servers.sentinels.map(({ port }) => ({
    host: "127.0.0.1",
    port,
  }));
  await hold(t, { sentinel: { name, sentinels } });
});

async function hold(
  t: Deno.TestContext,
  server: Server,
  left?: string,
): Promise<void> {
  const options = { clientId: "conformance", ...server };
  const history = { size: 3, ttlMs: 60_000 };
  const criteria: Array<[string, () => Promise<void>]> = [];
  const register = (name: string, fn: () => Promise<void>) => {
    if (name !== left) criteria.push([name, fn]);
  };
  testAtomicRedisClient(register, () => RedisClient.connect(options));
  testPubSub(register, () => RedisClient.connect(options));
  testPubSub(register, () => RedisPubSub.connect(options));
  testUserHistory(
    register,
    () => RedisPubSub.connect({ ...options, history }),
  );
  for (const [name, fn] of criteria) await t.step(name, fn);
}
