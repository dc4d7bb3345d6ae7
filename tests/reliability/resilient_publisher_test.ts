// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { EnvelopeError } from "../../events/envelope_error.ts";
import { currentContext, withContext } from "../../events/context.ts";
import { CircuitBreaker } from "../../reliability/circuit_breaker.ts";
import {
  CircuitOpenError,
  FallbackQueueFullError,
  NotStartedError,
} from "../../reliability/errors.ts";
import { ResilientPublisher } from "../../reliability/resilient_publisher.ts";
import type { ResilientPublisherOptions } from "../../reliability/resilient_publisher_options.ts";
import { startBench } from "./_broker.ts";
import { envelopeWith } from "./_events.ts";

Deno.test("ResilientPublisher.publishEvent() sends, with key, headers and signal", async () => {
  const { publish, broker, publisher } = await startBench();
  const { signal } = new AbortController();
  const options = { key: "k", headers: { h: "v" }, signal };
  assertEquals(await publish("a", options), "sent");
  assertEquals([broker.sent, broker.options], [["a"], [options]]);
  assertEquals(publisher.snapshot().queued, 0);
  assertEquals(await publisher.stop(), { flushed: 0, unsent: [] });
});

Deno.test("ResilientPublisher.publishEvent() queues what fails, and does not reject too", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.goDown();
  assertEquals(await publish("a"), "queued");
  assertEquals([broker.attempts, publisher.snapshot().queued], [["a"], 1]);
  broker.comeUp();
  await clock.advance(1_000);
  assertEquals([broker.sent, publisher.snapshot().queued], [["a"], 0]);
  await publisher.stop();
});

Deno.test("ResilientPublisher.publishEvent() says that it queued with an open circuit", async () => {
  const { publish, broker, breaker, publisher } = await startBench();
  broker.goDown();
  await Promise.all([publish("a"), publish("b")]);
  assertEquals(breaker.state, "open");
  assertEquals(await publish("c"), "queued");
  assertEquals(broker.attempts, ["a", "b"]);
  assertEquals(publisher.snapshot().queued, 3);
  await publisher.stop({ timeoutMs: 0 });
});

Deno.test("ResilientPublisher drains an open circuit without new traffic", async () => {
  const { publish, broker, breaker, clock, publisher } = await startBench();
  broker.goDown();
  await Promise.all(["a", "b", "c"].map((id) => publish(id)));
  broker.comeUp();
  await clock.advance(9_999);
  assertEquals(broker.sent, []);
  await clock.advance(1);
  assertEquals(broker.sent, ["a", "b", "c"]);
  assertEquals(breaker.state, "closed");
  await publisher.stop();
});

Deno.test("ResilientPublisher drains through the breaker, so that failed probes open it again", async () => {
  const { publish, broker, breaker, clock, publisher } = await startBench();
  broker.goDown();
  await Promise.all([publish("a"), publish("b")]);
  await clock.advance(10_000);
  assertEquals(broker.attempts, ["a", "b", "a"]);
  assertEquals([breaker.state, breaker.snapshot().retryAfterMs], [
    "open",
    10_000,
  ]);
  broker.comeUp();
  await clock.advance(10_000);
  // The lane that failed had to let the other go first.
  assertEquals(broker.sent, ["b", "a"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher never drops an event, however often it fails", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.goDown();
  await publish("a");
  await clock.advance(3_600_000);
  assert(broker.attempts.length > 100);
  assertEquals(publisher.snapshot().queued, 1);
  broker.comeUp();
  await clock.advance(10_000);
  assertEquals(broker.sent, ["a"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher drains with many keys at once when the circuit is closed", async () => {
  const { publish, broker, breaker, clock, publisher } = await startBench({
    drainConcurrency: 4,
  });
  broker.goDown();
  const ids = Array.from({ length: 20 }, (_, i) => `${i}`);
  await Promise.all(ids.map((id) => publish(id)));
  broker.comeUp();
  broker.latencyMs = 100;
  broker.mostActive = 0;
  await clock.advance(10_000);
  assertEquals([breaker.state, broker.mostActive], ["half_open", 1]);
  await clock.advance(1_000);
  assertEquals(broker.mostActive, 4);
  assertEquals([...broker.sent].sort(), [...ids].sort());
  await publisher.stop();
});

Deno.test("ResilientPublisher.publishEvent() rejects with what no retry can help, and does not queue", async () => {
  const { publish, broker, publisher } = await startBench({
    breaker: new CircuitBreaker({ failureThreshold: 100 }),
  });
  const fatal = [
    new TypeError("cycle"),
    new RangeError("range"),
    new SyntaxError("syntax"),
    new EnvelopeError("data", "is missing"),
    Object.assign(new Error("too large"), { retriable: false }),
    Object.assign(new Error("not started"), { name: "NotStartedError" }),
  ];
  for (const error of fatal) {
    broker.failure = () => error;
    assertStrictEquals(await assertRejects(() => publish("a")), error);
  }
  assertEquals(publisher.snapshot().queued, 0);
  assertEquals(await publisher.stop(), { flushed: 0, unsent: [] });
});

Deno.test("ResilientPublisher has a breaker of its own that only retriable errors open", async () => {
  const { broker, clock, logger } = await startBench();
  const publisher = await ResilientPublisher.connect({
    publisher: broker,
    isRetriable: (error) => !(error instanceof TypeError),
    clock,
    logger,
  });
  broker.failure = () => new TypeError("cycle");
  for (let i = 0; i < 10; i++) {
    await assertRejects(() => publisher.publishEvent("t", envelopeWith()));
  }
  assertEquals(publisher.snapshot().circuit.state, "closed");
  broker.failure = () => new Error("down");
  for (let i = 0; i < 5; i++) await publisher.publishEvent("t", envelopeWith());
  assertEquals(publisher.snapshot().circuit.state, "open");
  assertEquals(publisher.snapshot().circuit.circuit, "resilient_publisher");
  await publisher.stop({ timeoutMs: 0 });
});

Deno.test("ResilientPublisher.publishEvent() does not queue what its caller gave up", async () => {
  const { publish, broker, breaker, clock, publisher } = await startBench();
  broker.latencyMs = 1_000;
  const controller = new AbortController();
  const reason = new Error("enough");
  const { signal } = controller;
  const published = [1, 2, 3].map((id) =>
    assertRejects(() => publish(`${id}`, { signal }))
  );
  await clock.advance(10);
  controller.abort(reason);
  assertEquals(await Promise.all(published), [reason, reason, reason]);
  assertStrictEquals(
    await assertRejects(() => publish("late", { signal })),
    reason,
  );
  assertEquals([publisher.snapshot().queued, breaker.state], [0, "closed"]);
  assertEquals(broker.attempts, ["1", "2", "3"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher.publishEvent() rejects when the queue is full, and keeps the cause", async () => {
  const { publish, broker, clock, publisher } = await startBench({
    maxQueuedEvents: 2,
    breaker: new CircuitBreaker({ failureThreshold: 3 }),
  });
  const failure = new Error("down");
  broker.failure = () => failure;
  assertEquals(await publish("a"), "queued");
  assertEquals(await publish("b"), "queued");
  const error = await assertRejects(() => publish("c"), FallbackQueueFullError);
  assertStrictEquals(error.cause, failure);
  assertEquals([error.capacity, error.topic, error.eventId], [2, "t", "c"]);
  const next = await assertRejects(() => publish("d"), FallbackQueueFullError);
  assert(next.cause instanceof CircuitOpenError);
  assertEquals(publisher.snapshot().queued, 2);
  broker.comeUp();
  await clock.advance(0);
  const report = await publisher.stop();
  assertEquals([report.flushed, broker.sent], [2, ["a", "b"]]);
});

Deno.test("ResilientPublisher sets an event aside that can never be sent", async () => {
  const { publish, broker, clock, logger, publisher } = await startBench({
    maxQueuedEvents: 2,
    breaker: new CircuitBreaker({ failureThreshold: 100 }),
  });
  broker.goDown();
  await publish("a", { key: "k" });
  await publish("b", { key: "k" });
  const fatal = new TypeError("cycle");
  broker.failure = (id) => id === "a" ? fatal : undefined;
  await clock.advance(1_000);
  assertEquals(broker.sent, ["b"]);
  const { queued, setAside } = publisher.snapshot();
  assertEquals([queued, setAside], [0, 1]);
  assert(logger.find({ level: "critical", fields: { error: fatal } }));

  // It keeps its place, so that nothing grows without bound.
  broker.goDown();
  assertEquals(await publish("c"), "queued");
  await assertRejects(() => publish("d"), FallbackQueueFullError);
  broker.comeUp();
  const { flushed, unsent } = await publisher.stop();
  assertEquals(flushed, 1);
  assertEquals(unsent, [{
    topic: "t",
    envelope: envelopeWith({ event_id: "a" }),
    key: "k",
    attempts: 2,
    error: fatal,
  }]);
});

Deno.test("ResilientPublisher passes on that the publisher it wraps has queued", async () => {
  await using publisher = await ResilientPublisher.connect({
    publisher: { publishEvent: () => Promise.resolve("queued") },
  });
  assertEquals(await publisher.publishEvent("t", envelopeWith()), "queued");
  assertEquals(publisher.snapshot().queued, 0);
});

Deno.test("ResilientPublisher sends a queued event in the context of its publish", async () => {
  const { broker, clock, logger, publish, publisher } = await startBench();
  const seen: unknown[] = [];
  broker.goDown();
  await withContext({ correlationId: "c-1" }, () => publish("a"));
  await withContext({ correlationId: "c-2" }, () => publish("b"));
  await clock.advance(10_000);
  broker.failure = () => {
    seen.push(currentContext().correlationId);
    return undefined;
  };
  await clock.advance(10_000);
  assertEquals(seen, ["c-2", "c-1"]);
  const waits = logger.take({ message: "Cannot send queued event yet" });
  assertEquals(waits.map(({ fields }) => fields["correlationId"]), ["c-1"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher drains on when its predicate throws", async () => {
  let broken = false;
  const { publish, broker, clock, logger, publisher } = await startBench({
    isRetriable: () => {
      if (broken) throw new Error("predicate");
      return true;
    },
  });
  broker.goDown();
  await publish("a");
  broken = true;
  await clock.advance(1_000);
  assert(logger.find({ message: "Cannot judge why an event was not sent" }));
  broker.comeUp();
  await clock.advance(10_000);
  assertEquals(broker.sent, ["a"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher.publishEvent() rejects before start() and after stop()", async () => {
  const { broker, publish, publisher } = await startBench();
  const idle = new ResilientPublisher({ publisher: broker });
  await assertRejects(
    () => idle.publishEvent("t", envelopeWith()),
    NotStartedError,
    "ResilientPublisher is not started: call start() first",
  );
  await publisher.stop();
  await assertRejects(() => publish("a"), NotStartedError);
  assertEquals(broker.attempts, []);
});

Deno.test("ResilientPublisher refuses options that make no sense", () => {
  const publisher = { publishEvent: () => Promise.resolve("sent" as const) };
  const wrong: Array<Partial<ResilientPublisherOptions>> = [
    { maxQueuedEvents: 0 },
    { retryIntervalMs: 0 },
    { retryIntervalMs: NaN },
    { drainConcurrency: 0 },
  ];
  for (const options of wrong) {
    assertThrows(
      () => new ResilientPublisher({ publisher, ...options }),
      RangeError,
      "Cannot create resilient publisher",
    );
  }
});
