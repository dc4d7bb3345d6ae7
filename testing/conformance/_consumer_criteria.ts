// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";

import { currentContext } from "../../events/context.ts";
import type { EventEnvelope } from "../../events/envelope.ts";
import {
  byEventId,
  consume,
  type Criterion,
  makeEvent,
  newGroup,
  nthOf,
  started,
  sum,
  turn,
} from "./_event_bus_helpers.ts";

/** What a consumer must hold. */
export const CONSUMER_CRITERIA: Readonly<Record<string, Criterion>> = {
  "delivers each event with data, key and headers as published": async (
    harness,
    topic,
  ) => {
    await using publisher = await started(harness.createPublisher());
    const seen: unknown[] = [];
    const sent = Array.from({ length: 100 }, (_, i) => makeEvent(topic, i));
    await using _consumer = await consume(
      harness,
      topic,
      100,
      (event, at) => {
        seen.push([event, at.key, at.headers.nth]);
      },
      () =>
        Promise.all(
          sent.map((event, i) =>
            publisher.publishEvent(topic, event, {
              key: `k${i}`,
              headers: { nth: String(i) },
            })
          ),
        ),
    );
    const expected = sent.map((event, i) => [event, `k${i}`, String(i)]);
    assert.deepEqual(byEventId(seen), byEventId(expected));
  },

  "handles the events of one key in order, others side by side": async (
    harness,
    topic,
  ) => {
    await using publisher = await started(harness.createPublisher());
    const order = new Map<string, number[]>();
    const running = new Map<string, number>();
    let most = 0;
    await using _consumer = await consume(
      harness,
      topic,
      200,
      async (event, { key }) => {
        const alone = (running.get(key!) ?? 0) + 1;
        assert.equal(alone, 1, "two events of one key at once");
        running.set(key!, alone);
        most = Math.max(most, sum(running.values()));
        await turn();
        running.set(key!, alone - 1);
        order.set(key!, [...order.get(key!) ?? [], nthOf(event)]);
      },
      () =>
        Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            publisher.publishEvent(topic, makeEvent(topic, i), {
              key: `k${i % 10}`,
            })),
        ),
    );
    for (const [key, nths] of order) {
      assert.deepEqual(nths, [...nths].sort((a, b) => a - b), key);
    }
    assert.ok(most > 1, "events of different keys never ran side by side");
  },

  "tries a failing handler again, and tells it the attempt": async (
    harness,
    topic,
  ) => {
    await using publisher = await started(harness.createPublisher());
    const attempts: number[] = [];
    await using _consumer = await consume(harness, topic, 1, (_, context) => {
      attempts.push(context.attempt);
      if (context.attempt < 3) throw new Error("Not yet");
    }, () => publisher.publishEvent(topic, makeEvent(topic, 1)));
    assert.deepEqual(attempts, [1, 2, 3]);
  },

  "sets an event aside when its attempts are used up, and goes on": async (
    harness,
    topic,
  ) => {
    await using publisher = await started(harness.createPublisher());
    const bad = makeEvent(topic, 0);
    await using _consumer = await consume(harness, topic, 1, (event) => {
      if (event.event_id === bad.event_id) throw new RangeError("Too odd");
    }, async () => {
      await publisher.publishEvent(topic, bad, { key: "k" });
      await publisher.publishEvent(topic, makeEvent(topic, 1), { key: "k" });
    });
    const [letter] = await harness.readRaw(`${topic}.dlq`, 1);
    assert.deepEqual(JSON.parse(letter!.value), bad);
    assert.equal(letter!.headers["dlq.reason"], "exhausted");
    assert.equal(letter!.headers["dlq.error"], "RangeError: Too odd");
    assert.equal(letter!.headers["dlq.attempts"], "3");
    assert.equal(letter!.headers["dlq.topic"], topic);
  },

  "sets bytes aside that are no event, and goes on": async (harness, topic) => {
    await using publisher = await started(harness.createPublisher());
    await using _consumer = await consume(
      harness,
      topic,
      1,
      () => {},
      async () => {
        await harness.putRaw(topic, new TextEncoder().encode("not an event"));
        await publisher.publishEvent(topic, makeEvent(topic, 1));
      },
    );
    const [letter] = await harness.readRaw(`${topic}.dlq`, 1);
    assert.equal(letter!.value, "not an event");
    assert.equal(letter!.headers["dlq.reason"], "malformed");
    assert.equal(letter!.headers["dlq.attempts"], "0");
  },

  "gives every group every event": async (harness, topic) => {
    await using publisher = await started(harness.createPublisher());
    const groups: number[][] = [[], []];
    const publish = () =>
      Promise.all(
        [0, 1, 2, 3].map((i) =>
          publisher.publishEvent(topic, makeEvent(topic, i), { key: "k" })
        ),
      );
    await using _first = await consume(harness, topic, 4, (event) => {
      groups[0]!.push(nthOf(event));
    }, publish);
    await using _second = await consume(harness, topic, 4, (event) => {
      groups[1]!.push(nthOf(event));
    });
    assert.deepEqual(groups, [[0, 1, 2, 3], [0, 1, 2, 3]]);
  },

  "goes on after the last event that was done": async (harness, topic) => {
    await using publisher = await started(harness.createPublisher());
    const groupId = newGroup();
    const seen: number[] = [];
    const note = (event: EventEnvelope) => void seen.push(nthOf(event));
    const publish = (nth: number) => () =>
      publisher.publishEvent(topic, makeEvent(topic, nth), { key: "k" });
    const first = await consume(harness, topic, 1, note, publish(1), groupId);
    const report = await first.stop();
    assert.equal(report.uncommitted, 0);
    await using _second = await consume(
      harness,
      topic,
      1,
      note,
      publish(2),
      groupId,
    );
    assert.deepEqual(seen, [1, 2]);
  },

  "aborts a handler at the deadline of stop, and delivers its event again":
    async (harness, topic) => {
      await using publisher = await started(harness.createPublisher());
      const groupId = newGroup();
      const options = { groupId, topics: [topic] };
      const stuck = harness.createConsumer(options);
      const reached = new Promise<AbortSignal>((resolve) =>
        stuck.on(topic, (_event, { signal }) => {
          resolve(signal);
          return new Promise((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason))
          );
        })
      );
      await stuck.start();
      const event = makeEvent(topic, 1);
      await publisher.publishEvent(topic, event);
      const signal = await reached;
      const report = await stuck.stop({ timeoutMs: 1 });
      assert.equal(report.abandoned, 1);
      assert.ok(signal.aborted);
      const again: string[] = [];
      await using _next = await consume(
        harness,
        topic,
        1,
        (event) => {
          again.push(event.event_id);
        },
        undefined,
        groupId,
      );
      assert.deepEqual(again, [event.event_id]);
    },

  "asks again while another worker is at the event": async (harness, topic) => {
    await using publisher = await started(harness.createPublisher());
    let asked = 0;
    await using consumer = harness.createConsumer({
      groupId: newGroup(),
      topics: [topic],
    });
    const done = new Promise<void>((resolve) =>
      consumer.on(topic, () => {
        if (++asked < 3) return Promise.resolve("in_progress");
        resolve();
        return Promise.resolve("duplicate");
      })
    );
    await consumer.start();
    await publisher.publishEvent(topic, makeEvent(topic, 1));
    await done;
    assert.equal(asked, 3);
  },

  "opens a context for each event": async (harness, topic) => {
    await using publisher = await started(harness.createPublisher());
    const event = makeEvent(topic, 1);
    let context: unknown;
    await using _consumer = await consume(harness, topic, 1, async () => {
      await turn();
      context = { ...currentContext() };
    }, () => publisher.publishEvent(topic, event));
    assert.deepEqual(context, {
      correlationId: event.correlation_id,
      eventId: event.event_id,
      eventType: event.event_type,
      sourceService: event.source_service,
    });
  },

  "can be stopped by one of its handlers": async (harness, topic) => {
    await using publisher = await started(harness.createPublisher());
    const consumer = harness.createConsumer({
      groupId: newGroup(),
      topics: [topic],
    });
    const stopped = new Promise((resolve) =>
      consumer.on(topic, async () => resolve(await consumer.stop()))
    );
    await consumer.start();
    await publisher.publishEvent(topic, makeEvent(topic, 1));
    assert.deepEqual(await stopped, {
      drained: 0,
      abandoned: 1,
      uncommitted: 0,
    });
  },
};
