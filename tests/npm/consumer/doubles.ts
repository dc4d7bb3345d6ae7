// Copyright 2026 the HuleEdu authors. MIT license.

import {
  MemoryBus,
  MemoryIdempotencyStore,
  MemoryRedis,
} from "@huleedu/service-libs/testing";
import { runTests } from "./harness.ts";
import { testStory } from "./story.ts";

testStory(async () => {
  const bus = await MemoryBus.connect();
  const redis = await MemoryRedis.connect();
  return {
    bus,
    redis,
    store: new MemoryIdempotencyStore(),
    consumer: (topic) =>
      bus.consumer({
        groupId: "grading",
        topics: [topic],
        fromBeginning: true,
      }),
    async [Symbol.asyncDispose]() {
      await bus.stop();
      await redis.stop();
    },
  };
});

await runTests();
