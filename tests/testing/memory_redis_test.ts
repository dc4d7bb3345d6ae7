// Copyright 2026 the HuleEdu authors. MIT license.

import { testAtomicRedisClient } from "../../testing/conformance/redis_client_suite.ts";
import { MemoryRedis } from "../../testing/memory_redis.ts";

testAtomicRedisClient(
  (name, fn) => Deno.test(`MemoryRedis: ${name}`, fn),
  () => MemoryRedis.connect(),
);
