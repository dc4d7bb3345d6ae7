// Copyright 2026 the HuleEdu authors. MIT license.

import { CONSUMER_CRITERIA } from "./_consumer_criteria.ts";
import { newTopic } from "./_event_bus_helpers.ts";
import { PUBLISHER_CRITERIA } from "./_publisher_criteria.ts";
import type { EventBusHarness } from "./event_bus_harness.ts";
import type { RegisterTest } from "./register.ts";

/**
 * Registers what every pair of `EventPublisher` and `EventConsumer` must hold.
 *
 * @param register Adds a test to the runner.
 * @param harness The bus under test.
 *
 * @example In memory
 * ```ts
 * import { testEventBus } from "@huleedu/service-libs/testing/conformance";
 * import { MemoryBus } from "@huleedu/service-libs/testing";
 *
 * const names: string[] = [];
 * const memory = new MemoryBus();
 * testEventBus((name) => names.push(name), {
 *   createPublisher: () => memory,
 *   createConsumer: (options) =>
 *     memory.consumer({ ...options, fromBeginning: true }),
 *   putRaw: async (topic, value) => memory.publishRaw(topic, value),
 *   readRaw: async (topic, count) =>
 *     (await memory.untilRecords(topic, count)).map(({ value, headers }) => ({
 *       value: value ?? "",
 *       headers,
 *     })),
 * });
 * ```
 */
export function testEventBus(
  register: RegisterTest,
  harness: EventBusHarness,
): void {
  for (
    const [name, run] of Object.entries({
      ...CONSUMER_CRITERIA,
      ...PUBLISHER_CRITERIA,
    })
  ) {
    register(`event bus ${name}`, () => run(harness, newTopic()));
  }
}
