// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import { createEnvelope } from "@huleedu/service-libs/events";
import {
  createServiceLogger,
  LineHandler,
  logEvent,
} from "@huleedu/service-libs/logging";
import type {
  EventConsumer,
  EventPublisher,
  IdempotencyStore,
  PubSub,
  UserNotifier,
} from "@huleedu/service-libs/protocols";
import { idempotent } from "@huleedu/service-libs/reliability";
import { test } from "./harness.ts";

/** What the story needs, started. */
export interface Services extends AsyncDisposable {
  /** Publishes the events. */
  readonly bus: EventPublisher;
  /** Makes a consumer, not started, that reads a topic from the beginning. */
  readonly consumer: (topic: string) => EventConsumer;
  /** Tells users. */
  readonly redis: PubSub & UserNotifier;
  /** Remembers what was handled. */
  readonly store: IdempotencyStore;
}

/**
 * Registers the story that the library is for: one service publishes, another
 * acts on each event once, the user hears of it, and the log lines tell one
 * story per correlation id.
 *
 * @param connect Makes the services.
 */
export function testStory(connect: () => Promise<Services>): void {
  test("a service publishes, another acts once, notifies and logs", async () => {
    await using services = await connect();
    const { bus, redis, store } = services;
    const id = crypto.randomUUID();
    const type = `npm.essay_${id.replaceAll("-", "")}.created.v1`;
    const lines: string[] = [];
    const logger = createServiceLogger("grading", {
      handlers: [new LineHandler({ sink: (line) => void lines.push(line) })],
    });

    const envelopes = ["e1", "e2"].map((essay) =>
      createEnvelope({
        eventType: type,
        sourceService: "essays",
        data: { user_id: id, essay_id: essay },
      })
    );
    const [first, second] = envelopes;
    assert(first && second);
    for (const envelope of [first, first, second]) {
      assert.equal(await bus.publishEvent(type, envelope, { key: id }), "sent");
    }

    await using notifications = await redis.subscribe(redis.getUserChannel(id));
    await using consumer = services.consumer(type);
    consumer.on(
      type,
      idempotent(async (envelope) => {
        logEvent(logger, "Essay graded", envelope);
        await redis.publishUserNotification(id, "graded", envelope.data);
      }, { store, serviceName: "grading" }),
    );
    await consumer.start();

    const heard: unknown[] = [];
    for await (const { message } of notifications) {
      heard.push(JSON.parse(message));
      if (heard.length === 2) break;
    }
    assert.deepEqual(
      heard,
      envelopes.map(({ data }) => ({ event: "graded", data })),
    );
    const report = await consumer.stop();
    assert.deepEqual([report.abandoned, report.uncommitted], [0, 0]);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).correlation_id),
      envelopes.map((envelope) => envelope.correlation_id),
    );
  });
}
