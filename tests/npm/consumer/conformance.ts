// Copyright 2026 the HuleEdu authors. MIT license.

// Runs the published suites: `conformance.ts doubles` or `conformance.ts services`.

import process from "node:process";
import {
  RedisClient,
  RedisIdempotencyStore,
  redisOptionsFromEnv,
} from "@huleedu/service-libs/redis";
import {
  ManualClock,
  MemoryBus,
  MemoryIdempotencyStore,
} from "@huleedu/service-libs/testing";
import {
  testEventBus,
  testIdempotencyStore,
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
  testIdempotencyStore(test, () => {
    const clock = new ManualClock();
    const store = new MemoryIdempotencyStore({ clock });
    return Promise.resolve({ store, passTime: (ms) => clock.advance(ms) });
  });
}

function testServices(): void {
  testEventBus(test, kafkaHarness(process.env.KAFKA_BOOTSTRAP_SERVERS ?? ""));
  testIdempotencyStore(test, async () => {
    const redis = await RedisClient.connect(redisOptionsFromEnv(process.env));
    const store = new RedisIdempotencyStore(redis);
    return { store, close: () => redis.stop() };
  });
}

if (process.argv[2] === "services") testServices();
else testDoubles();
await runTests();
