// Copyright 2026 the HuleEdu authors. MIT license.

import { RedisClient, RedisIdempotencyStore } from "../../redis/mod.ts";
import {
  testIdempotencyStore,
} from "../../testing/conformance/idempotency_store_suite.ts";
import { redisUrl } from "./_services.ts";

testIdempotencyStore(
  (name, fn) => Deno.test(`RedisIdempotencyStore: ${name}`, fn),
  async () => {
    const redis = await RedisClient.connect({
      clientId: "conformance",
      url: redisUrl(),
    });
    return {
      store: new RedisIdempotencyStore(redis),
      close: () => redis.stop(),
    };
  },
);
