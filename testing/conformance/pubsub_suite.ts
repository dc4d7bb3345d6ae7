// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Lifecycle,
  PatternSubscriber,
  PubSub,
  UserNotifier,
  UserSubscriber,
} from "../../protocols.ts";
import { PUBSUB_BUFFER_CRITERIA } from "./_pubsub_buffer_criteria.ts";
import { PUBSUB_CRITERIA } from "./_pubsub_criteria.ts";
import { PUBSUB_PATTERN_CRITERIA } from "./_pubsub_pattern_criteria.ts";
import type { RegisterTest } from "./register.ts";

/**
 * Registers the tests that every `PubSub`, `PatternSubscriber`,
 * `UserNotifier` and `UserSubscriber` passes. Channels
 * are unique to a test.
 *
 * @param register Adds a test to the runner.
 * @param connect Makes a started object, once a test; the suite stops it.
 *
 * @example The double
 * ```ts
 * import { MemoryPubSub } from "@huleedu/service-libs/testing";
 * import { testPubSub } from "@huleedu/service-libs/testing/conformance";
 *
 * const tests: Array<() => Promise<void>> = [];
 * testPubSub((_name, fn) => tests.push(fn), () => MemoryPubSub.connect());
 * for (const test of tests) await test();
 * ```
 */
export function testPubSub(
  register: RegisterTest,
  connect: () => Promise<
    PubSub & PatternSubscriber & UserNotifier & UserSubscriber & Lifecycle
  >,
): void {
  const criteria = {
    ...PUBSUB_CRITERIA,
    ...PUBSUB_BUFFER_CRITERIA,
    ...PUBSUB_PATTERN_CRITERIA,
  };
  for (const [criterion, run] of Object.entries(criteria)) {
    register(`PubSub ${criterion}`, async () => {
      await using pubsub = await connect();
      await run(pubsub, `conformance:${crypto.randomUUID()}`);
    });
  }
}
