// Copyright 2026 the HuleEdu authors. MIT license.

import type { AtomicRedisClient, Lifecycle } from "../../protocols.ts";
import { CLAIM_CRITERIA } from "./_redis_claim_criteria.ts";
import { COLLECTION_CRITERIA } from "./_redis_collection_criteria.ts";
import { KEY_CRITERIA } from "./_redis_key_criteria.ts";
import { LIFECYCLE_CRITERIA } from "./_redis_lifecycle_criteria.ts";
import { LIST_CRITERIA } from "./_redis_list_criteria.ts";
import { TRANSACTION_CRITERIA } from "./_redis_transaction_criteria.ts";
import type { RegisterTest } from "./register.ts";

/**
 * Registers the tests that every `AtomicRedisClient` passes. Keys are unique to
 * a test, and are deleted after it.
 *
 * @param register Adds a test to the runner.
 * @param connect Makes a started client, once a test; the suite stops it.
 *
 * @example The double
 * ```ts
 * import { MemoryRedis } from "@huleedu/service-libs/testing";
 * import { testAtomicRedisClient } from "@huleedu/service-libs/testing/conformance";
 *
 * const tests: Array<() => Promise<void>> = [];
 * testAtomicRedisClient((_name, fn) => tests.push(fn), () => MemoryRedis.connect());
 * for (const test of tests) await test();
 * ```
 */
export function testAtomicRedisClient(
  register: RegisterTest,
  connect: () => Promise<AtomicRedisClient & Lifecycle>,
): void {
  const criteria = {
    ...KEY_CRITERIA,
    ...COLLECTION_CRITERIA,
    ...LIST_CRITERIA,
    ...CLAIM_CRITERIA,
    ...TRANSACTION_CRITERIA,
    ...LIFECYCLE_CRITERIA,
  };
  for (const [criterion, run] of Object.entries(criteria)) {
    register(`AtomicRedisClient ${criterion}`, async () => {
      await using redis = await connect();
      // The braces keep all keys of a test on one node of a cluster.
      const prefix = `{conformance:${crypto.randomUUID()}}`;
      await run(redis, prefix);
      await redis.start();
      for await (const key of redis.scanPattern(`*${prefix}*`)) {
        await redis.deleteKey(key);
      }
    });
  }
}
