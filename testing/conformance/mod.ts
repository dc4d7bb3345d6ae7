// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What every implementation of a port must hold, as suites that run in any test
 * runner: against the doubles, against the real services, against your own.
 *
 * @example An idempotency store of one's own
 * ```ts
 * import { testIdempotencyStore } from "@huleedu/service-libs/testing/conformance";
 * import { MemoryIdempotencyStore } from "@huleedu/service-libs/testing";
 *
 * // With `Deno.test`, or `test` of `node:test` or `bun:test`, in place of `register`.
 * const names: string[] = [];
 * const register = (name: string) => names.push(name);
 * testIdempotencyStore(register, async () => {
 *   return { store: new MemoryIdempotencyStore() };
 * });
 * ```
 *
 * @module
 */

export type {
  EventBusHarness,
  HarnessConsumerOptions,
  HarnessRecord,
} from "./event_bus_harness.ts";
export { testEventBus } from "./event_bus_suite.ts";
export { testIdempotencyStore } from "./idempotency_store_suite.ts";
export type { IdempotencyStoreFixture } from "./idempotency_store_suite.ts";
export { testPubSub } from "./pubsub_suite.ts";
export { testAtomicRedisClient } from "./redis_client_suite.ts";
export type { RegisterTest } from "./register.ts";
export { testUserHistory } from "./user_history_suite.ts";
