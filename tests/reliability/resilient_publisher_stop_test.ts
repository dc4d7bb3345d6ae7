// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import {
  NotStartedError,
  UnsentEventsError,
} from "../../reliability/errors.ts";
import { ResilientPublisher } from "../../reliability/resilient_publisher.ts";
import { startBench } from "./_broker.ts";
import { envelopeWith } from "./_events.ts";

Deno.test("ResilientPublisher.stop() sends what is queued, without waiting for the next round", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.goDown();
  await publish("a");
  broker.comeUp();
  assertEquals(await publisher.stop(), { flushed: 1, unsent: [] });
  assertEquals([broker.sent, clock.pendingSleeps], [["a"], 0]);
});

Deno.test("ResilientPublisher.stop() probes an open circuit that would outlast it", async () => {
  const { publish, broker, breaker, publisher } = await startBench();
  broker.goDown();
  await Promise.all(["a", "b", "c"].map((id) => publish(id)));
  assertEquals(breaker.state, "open");
  broker.comeUp();
  const { flushed, unsent } = await publisher.stop({ timeoutMs: 9_999 });
  assertEquals([flushed, unsent, broker.sent], [3, [], ["a", "b", "c"]]);
});

Deno.test("ResilientPublisher.stop() reports what it cannot send, in order, and gives up early", async () => {
  const { publish, broker, clock, logger, publisher } = await startBench();
  broker.goDown();
  await publish("a", { key: "k", headers: { h: "v" } });
  await publish("b", { key: "l" });
  await publish("c", { key: "k" });
  const { flushed, unsent } = await publisher.stop({ timeoutMs: 5_000 });
  assertEquals(flushed, 0);
  assertEquals(
    unsent.map(({ envelope, key, headers, attempts }) => [
      envelope.event_id,
      key,
      headers,
      attempts,
    ]),
    [
      ["a", "k", { h: "v" }, 2],
      ["b", "l", undefined, 1],
      ["c", "k", undefined, 0],
    ],
  );
  assertEquals(unsent.map((event) => "error" in event), [true, true, false]);
  const line = logger.find({ level: "critical" });
  assertEquals(line?.fields["event_ids"], ["a", "b", "c"]);
  assertEquals([clock.monotonic(), clock.pendingSleeps], [0, 0]);
});

Deno.test("ResilientPublisher.stop() tries until its deadline while the circuit is closed", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.goDown();
  await publish("a");
  broker.failure = () =>
    broker.attempts.length < 3 ? new Error("down") : undefined;
  const stopped = publisher.stop({ timeoutMs: 12_000 });
  await clock.advance(12_000);
  assertEquals((await stopped).flushed, 1);
});

Deno.test("ResilientPublisher.stop() aborts at its deadline, and reports what was under way", async () => {
  const { publish, broker, clock, logger, publisher } = await startBench();
  broker.goDown();
  await publish("a");
  broker.comeUp();
  broker.latencyMs = 60_000;
  const stopped = publisher.stop({ timeoutMs: 5_000 });
  await clock.advance(5_000);
  const { flushed, unsent } = await stopped;
  assertEquals([flushed, unsent.length, unsent[0]?.attempts], [0, 1, 2]);
  await clock.advance(60_000);
  assertEquals([broker.sent, broker.active, clock.pendingSleeps], [[], 0, 0]);
  assertEquals(logger.lines.map(({ message }) => message), [
    "Event is queued",
    "Stopped with unsent events",
  ]);
});

Deno.test("ResilientPublisher.stop() waits for publishes that are under way", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.latencyMs = 1_000;
  const sent = [
    publish("a"),
    publish("b", { key: "k" }),
    publish("c", { key: "k" }),
  ];
  const stopped = publisher.stop();
  await assertRejects(() => publish("late"), NotStartedError);
  await clock.advance(2_000);
  assertEquals(await Promise.all(sent), ["sent", "sent", "sent"]);
  assertEquals(await stopped, { flushed: 0, unsent: [] });
});

Deno.test("ResilientPublisher.stop() flushes a publish that fails during the stop", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.latencyMs = 1_000;
  broker.failure = () =>
    broker.attempts.length < 2 ? new Error("down") : undefined;
  const published = publish("a");
  const stopped = publisher.stop();
  await clock.advance(10_000);
  assertEquals(await published, "queued");
  assertEquals(await stopped, { flushed: 1, unsent: [] });
});

Deno.test("ResilientPublisher.stop() leaves a publish that outlasts it to its caller", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.latencyMs = 60_000;
  broker.goDown();
  const published = [
    assertRejects(() => publish("a", { key: "k" }), Error, "down"),
    assertRejects(() => publish("b", { key: "k" }), NotStartedError),
  ];
  const stopped = publisher.stop({ timeoutMs: 1_000 });
  await clock.advance(1_000);
  assertEquals(await stopped, { flushed: 0, unsent: [] });
  await clock.advance(60_000);
  await Promise.all(published);
  assertEquals(broker.attempts, ["a"]);
});

Deno.test("ResilientPublisher.stop() is one stop, whoever calls it", async () => {
  const { publish, broker, publisher } = await startBench();
  broker.goDown();
  await publish("a");
  const first = publisher.stop({ timeoutMs: 0 });
  const [one, two] = await Promise.all([first, publisher.stop()]);
  assertEquals(one, two);
  assertEquals(await publisher.stop(), one);
  assertEquals(one.unsent.length, 1);
});

Deno.test("ResilientPublisher.stop() before start() has nothing to report", async () => {
  const { broker } = await startBench();
  const publisher = new ResilientPublisher({ publisher: broker });
  assertEquals(await publisher.stop(), { flushed: 0, unsent: [] });
  await publisher[Symbol.asyncDispose]();
});

Deno.test("ResilientPublisher.stop() refuses a time that is none", async () => {
  const { publisher } = await startBench();
  await assertRejects(() => publisher.stop({ timeoutMs: -1 }), RangeError);
  await publisher.stop();
});

Deno.test("ResilientPublisher.start() after stop() begins anew, and drains again", async () => {
  const { publish, broker, breaker, clock, publisher } = await startBench();
  broker.goDown();
  await publish("a");
  const stopping = publisher.stop({ timeoutMs: 0 });
  await Promise.all([publisher.start(), publisher.start()]);
  assertEquals((await stopping).unsent.length, 1);
  assertEquals(publisher.snapshot().queued, 0);

  breaker.reset();
  assertEquals(await publish("b"), "queued");
  broker.comeUp();
  await clock.advance(1_000);
  assertEquals(broker.sent, ["b"]);
  assertEquals(await publisher.stop(), { flushed: 0, unsent: [] });
});

Deno.test("ResilientPublisher rejects at disposal when events are left", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.goDown();
  await Promise.all([publish("a"), publish("b")]);
  const disposed = assertRejects(
    () => publisher[Symbol.asyncDispose](),
    UnsentEventsError,
    "2 left",
  );
  await clock.advance(30_000);
  assertEquals((await disposed).report.unsent.length, 2);
});

Deno.test("ResilientPublisher does not reject at disposal what stop() has reported", async () => {
  const { broker } = await startBench();
  broker.goDown();
  await using publisher = await ResilientPublisher.connect({
    publisher: broker,
  });
  await publisher.publishEvent("t", envelopeWith());
  const { unsent } = await publisher.stop({ timeoutMs: 0 });
  assertEquals(unsent.length, 1);
});

Deno.test("ResilientPublisher neither starts nor stops what it wraps", async () => {
  const calls: string[] = [];
  const wrapped = {
    publishEvent: () => Promise.resolve("sent" as const),
    start: () => calls.push("start"),
    stop: () => calls.push("stop"),
  };
  const publisher = await ResilientPublisher.connect({ publisher: wrapped });
  await publisher.stop();
  assertEquals(calls, []);
});
