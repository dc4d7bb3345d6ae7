// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import process from "node:process";
import {
  KafkaBus,
  KafkaConsumer,
  kafkaOptionsFromEnv,
} from "@huleedu/service-libs/kafka";
import {
  RedisClient,
  RedisIdempotencyStore,
  redisOptionsFromEnv,
} from "@huleedu/service-libs/redis";
import { runTests, test } from "./harness.ts";
import { testStory } from "./story.ts";

const kafka = kafkaOptionsFromEnv(process.env);

testStory(async () => {
  const bus = await KafkaBus.connect(kafka);
  const redis = await RedisClient.connect(redisOptionsFromEnv(process.env));
  return {
    bus,
    redis,
    store: new RedisIdempotencyStore(redis),
    consumer: (topic) =>
      new KafkaConsumer({
        ...kafka,
        groupId: `grading-${topic}`,
        topics: [topic],
        fromBeginning: true,
      }),
    async [Symbol.asyncDispose]() {
      await bus.stop();
      await redis.stop();
    },
  };
});

test("a claim is held by one and released at the end of its block", async () => {
  await using redis = await RedisClient.connect(
    redisOptionsFromEnv(process.env),
  );
  const key = `npm:claim:${crypto.randomUUID()}`;
  {
    await using claim = await redis.claim(key, { ttlMs: 30_000 });
    assert(claim);
    assert.equal(await redis.claim(key, { ttlMs: 30_000 }), null);
  }
  assert.equal(await redis.exists(key), false);
});

await runTests();
