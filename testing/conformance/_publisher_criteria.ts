// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";

import { type Criterion, makeEvent, started } from "./_event_bus_helpers.ts";

/** What a publisher must hold. */
export const PUBLISHER_CRITERIA: Readonly<Record<string, Criterion>> = {
  "refuses to publish before start and after stop": async (harness, topic) => {
    const publisher = harness.createPublisher();
    const publish = () => publisher.publishEvent(topic, makeEvent(topic, 1));
    await assert.rejects(publish(), { name: "NotStartedError" });
    await Promise.all([publisher.start(), publisher.start()]);
    assert.equal(await publish(), "sent");
    await Promise.all([publisher.stop(), publisher.stop()]);
    await assert.rejects(publish(), { name: "NotStartedError" });
    await publisher.start();
    assert.equal(await publish(), "sent");
    await publisher.stop();
  },

  "sends what was published before stop": async (harness, topic) => {
    const publisher = await started(harness.createPublisher());
    const sent = Array.from({ length: 500 }, (_, i) => makeEvent(topic, i));
    const calls = sent.map((event) => publisher.publishEvent(topic, event));
    await publisher.stop();
    const outcomes = await Promise.all(calls);
    assert.ok(outcomes.every((outcome) => outcome === "sent"));
    const records = await harness.readRaw(topic, 500);
    const ids = records.map(({ value }) => JSON.parse(value).event_id);
    assert.deepEqual(new Set(ids), new Set(sent.map((each) => each.event_id)));
    assert.equal(ids.length, 500);
  },

  "refuses an event that is too large, and only that one": async (
    harness,
    topic,
  ) => {
    await using publisher = await started(harness.createPublisher());
    const large = makeEvent(topic, 1, "x".repeat(2 * 1024 * 1024));
    const outcomes = await Promise.allSettled([
      publisher.publishEvent(topic, makeEvent(topic, 0)),
      publisher.publishEvent(topic, large),
      publisher.publishEvent(topic, makeEvent(topic, 2)),
    ]);
    assert.deepEqual(outcomes.map(({ status }) => status), [
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    const { reason } = outcomes[1] as PromiseRejectedResult;
    assert.equal(reason.name, "PublishError");
    assert.equal(reason.code, "too_large");
    assert.equal(reason.outcome, "not_sent");
  },

  "does not send an event whose signal is aborted": async (harness, topic) => {
    await using publisher = await started(harness.createPublisher());
    const signal = AbortSignal.abort(new Error("Changed my mind"));
    await assert.rejects(
      publisher.publishEvent(topic, makeEvent(topic, 1), { signal }),
      { name: "PublishError", code: "aborted", outcome: "not_sent" },
    );
  },
};
