// Copyright 2026 the HuleEdu authors. MIT license.

import { createEnvelope } from "../../events/create_envelope.ts";
import type { EventEnvelope } from "../../events/envelope.ts";
import type {
  EventConsumer,
  HandlerContext,
  Lifecycle,
} from "../../protocols.ts";
import type { EventBusHarness } from "./event_bus_harness.ts";

/** One test of the suite, on a topic of its own. */
export type Criterion = (
  harness: EventBusHarness,
  topic: string,
) => Promise<void>;

/** Starts a consumer, publishes, and waits until `count` events are handled. */
export async function consume(
  harness: EventBusHarness,
  topic: string,
  count: number,
  handler: (
    event: EventEnvelope,
    context: HandlerContext,
  ) => void | Promise<void>,
  publish: () => Promise<unknown> = () => Promise.resolve(),
  groupId = newGroup(),
): Promise<EventConsumer> {
  const consumer = harness.createConsumer({
    groupId,
    topics: [topic],
    retry: { maxAttempts: 3, baseDelayMs: 1 },
  });
  let handled = 0;
  const done = new Promise<void>((resolve) =>
    consumer.on(topic, async (event, context) => {
      await handler(event, context);
      if (++handled === count) resolve();
    })
  );
  await consumer.start();
  await publish();
  await done;
  return consumer;
}

export async function started<T extends Lifecycle>(object: T): Promise<T> {
  await object.start();
  return object;
}

export function makeEvent(
  topic: string,
  nth: number,
  text = "",
): EventEnvelope<{ nth: number; text: string }> {
  return createEnvelope({
    eventType: topic,
    sourceService: "conformance",
    data: { nth, text },
  });
}

export function nthOf(event: EventEnvelope): number {
  return (event.data as { nth: number }).nth;
}

export function byEventId(seen: unknown[]): unknown[] {
  const idOf = (each: unknown) => (each as [EventEnvelope])[0].event_id;
  return [...seen].sort((a, b) => idOf(a) < idOf(b) ? -1 : 1);
}

export function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}

export function newTopic(): string {
  return `huleedu.conformance.${crypto.randomUUID()}.v1`;
}

export function newGroup(): string {
  return `conformance-${crypto.randomUUID()}`;
}

/** Lets everything that is ready run first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
