// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import * as redis from "../../redis/mod.ts";

Deno.test("redis/mod.ts exports what it says", () => {
  assertEquals(Object.keys(redis).sort(), [
    "CrossSlotError",
    "NotStartedError",
    "OutcomeUnknownError",
    "RedisClient",
    "RedisCommandError",
    "RedisCommands",
    "RedisConnectionError",
    "RedisError",
    "RedisIdempotencyStore",
    "RedisPubSub",
    "SocketStalledError",
    "SubscriptionOverflowError",
    "TransactionCommandError",
    "TransactionConflictError",
    "TransactionStateError",
    "escapePattern",
    "pipeToWebSocket",
    "redisOptionsFromEnv",
    "toEventStream",
  ]);
});
