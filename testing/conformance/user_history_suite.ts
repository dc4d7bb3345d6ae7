// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Lifecycle,
  PubSub,
  UserNotifier,
  UserSubscriber,
} from "../../protocols.ts";
import type { RegisterTest } from "./register.ts";
import { USER_HISTORY_CRITERIA } from "./_user_history_criteria.ts";

/**
 * Registers the tests that every `UserSubscriber` with a history passes. User ids
 * are unique to a test.
 *
 * @param register Adds a test to the runner.
 * @param connect Makes a started object that keeps three notifications for each
 * user, for a minute or longer. Once a test; the suite stops it.
 *
 * @example The double
 * ```ts
 * import { MemoryPubSub } from "@huleedu/service-libs/testing";
 * import { testUserHistory } from "@huleedu/service-libs/testing/conformance";
 *
 * const tests: Array<() => Promise<void>> = [];
 * testUserHistory(
 *   (_name, fn) => tests.push(fn),
 *   () => MemoryPubSub.connect({ history: { size: 3 } }),
 * );
 * for (const test of tests) await test();
 * ```
 */
export function testUserHistory(
  register: RegisterTest,
  connect: () => Promise<PubSub & UserNotifier & UserSubscriber & Lifecycle>,
): void {
  for (const [criterion, run] of Object.entries(USER_HISTORY_CRITERIA)) {
    register(`UserHistory ${criterion}`, async () => {
      await using pubsub = await connect();
      await run(pubsub, `conformance:${crypto.randomUUID()}`);
    });
  }
}
