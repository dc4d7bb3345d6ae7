// Copyright 2026 the HuleEdu authors. MIT license.

import { RedisClient, RedisPubSub } from "../../redis/mod.ts";
import {
  testAtomicRedisClient,
} from "../../testing/conformance/redis_client_suite.ts";
import { testPubSub } from "../../testing/conformance/pubsub_suite.ts";
import { testUserHistory } from "../../testing/conformance/user_history_suite.ts";
import { redisUrl } from "./_services.ts";

const options = { clientId: "conformance", url: redisUrl() };

testAtomicRedisClient(
  (name, fn) => Deno.test(`RedisClient: ${name}`, fn),
  () => RedisClient.connect(options),
);

testPubSub(
  (name, fn) => Deno.test(`RedisClient: ${name}`, fn),
  () => RedisClient.connect(options),
);

testPubSub(
  (name, fn) => Deno.test(`RedisPubSub: ${name}`, fn),
  () => RedisPubSub.connect(options),
);

testUserHistory(
  (name, fn) => Deno.test(`RedisPubSub: ${name}`, fn),
  () =>
    RedisPubSub.connect({ ...options, history: { size: 3, ttlMs: 60_000 } }),
);
