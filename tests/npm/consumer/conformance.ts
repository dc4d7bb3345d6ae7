// Copyright 2026 the HuleEdu authors. MIT license.

// Runs the published suites: `conformance.ts doubles` or `conformance.ts services`.

import process from "node:process";
import { kafkaOptionsFromEnv } from "@huleedu/service-libs/kafka";
import {
  RedisClient,
  RedisIdempotencyStore,
  redisOptionsFromEnv,
  RedisPubSub,
} from "@huleedu/service-libs/redis";
import {
  ManualClock,
  MemoryBus,
  MemoryIdempotencyStore,
  MemoryPubSub,
  MemoryRedis,
} from "@huleedu/service-libs/testing";
import {
  testAtomicRedisClient,
  testEventBus,
  testIdempotencyStore,
  testPubSub,
} from "@huleedu/service-libs/testing/conformance";
import { runTests, test } from "./harness.ts";
import { kafkaHarness } from "./kafka_harness.ts";

function testDoubles(): void {
  const memory = new MemoryBus();
  testEventBus(test, {
    createPublisher: () => memory,
    createConsumer: (wanted) =>
      memory.consumer({ ...wanted, fromBeginning: true }),
    putRaw: (topic, value) => Promise.resolve(memory.publishRaw(topic, value)),
    readRaw: async (topic, count) => {
      const records = await memory.untilRecords(topic, count);
      return records.map(({ value, headers }) => ({
        value: value ?? "",
        headers,
      }));
    },
  });
  testAtomicRedisClient(test, () => MemoryRedis.connect());
  testPubSub(test, () => MemoryPubSub.connect());
  testIdempotencyStore(test, () => {
    const clock = new ManualClock();
    const store = new MemoryIdempotencyStore({ clock });
    return Promise.resolve({ store, passTime: (ms) => clock.advance(ms) });
  });
}

function testServices(): void {
  const { bootstrapServers } = kafkaOptionsFromEnv(process.env);
  const redis = redisOptionsFromEnv(process.env);
  testEventBus(test, kafkaHarness(String(bootstrapServers)));
  testAtomicRedisClient(test, () => RedisClient.connect(redis));
  testPubSub(test, () => RedisPubSub.connect(redis));
  testIdempotencyStore(test, async () => {
    const client = await RedisClient.connect(redis);
    const store = new RedisIdempotencyStore(client);
    return { store, close: () => client.stop() };
  });
}

if (process.argv[2] === "services") testServices();
else testDoubles();
await runTests();
