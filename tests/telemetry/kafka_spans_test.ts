// Copyright 2026 the HuleEdu authors. MIT license.

import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  createEnvelope,
  currentContext,
  withContext,
} from "../../events/mod.ts";
import { FatalEventError, PublishError } from "../../kafka/mod.ts";
import { createServiceLogger, LineHandler } from "../../logging/mod.ts";
import { MemoryBus } from "../../testing/mod.ts";
import { ODD_ERRORS } from "../events/odd_errors.ts";
import { TelemetrySdk } from "./telemetry_sdk.ts";

const TYPE = "huleedu.essay.created.v1";
const CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

const LETTERS = `${TYPE}.dlq`;

function traceparentOf(span: ReadableSpan | undefined): string {
  const { traceId, spanId } = span!.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

function makeEvent() {
  return createEnvelope({
    eventType: TYPE,
    sourceService: "essays",
    data: {},
  });
}

Deno.test("publishEvent() is a producer span, whose traceparent the record carries", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const envelope = makeEvent();
  await bus.publishEvent(TYPE, envelope, { key: "e1" });

  const [span] = sdk.named(`send ${TYPE}`);
  assertEquals(span?.kind, SpanKind.PRODUCER);
  assertEquals(span?.attributes, {
    "messaging.system": "kafka",
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
    "messaging.destination.name": TYPE,
    "messaging.destination.partition.id": "0",
    "messaging.kafka.offset": 0,
    "messaging.kafka.message.key": "e1",
    "messaging.message.id": envelope.event_id,
    "messaging.message.conversation_id": envelope.correlation_id,
    "messaging.message.body.size": span?.attributes[
      "messaging.message.body.size"
    ],
    "huleedu.event.type": TYPE,
  });
  const { traceId, spanId } = span!.spanContext();
  const [record] = bus.records(TYPE);
  assertEquals(record?.headers, { traceparent: `00-${traceId}-${spanId}-01` });
});

Deno.test("publishEvent() goes on from the context, or from the header it is given", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  await withContext(
    { traceId, spanId: "b7ad6b7169203331" },
    () => bus.publishEvent(TYPE, makeEvent()),
  );
  await bus.publishEvent(TYPE, makeEvent(), {
    headers: { traceparent: CALLER, a: "1" },
  });
  const [first, second] = sdk.named(`send ${TYPE}`);
  assertEquals(first?.parentSpanContext?.spanId, "b7ad6b7169203331");
  assertEquals(first?.spanContext().traceId, traceId);
  assertEquals(second?.parentSpanContext?.spanId, "00f067aa0ba902b7");
  const { headers } = bus.records(TYPE)[1]!;
  assertEquals(Object.keys(headers), ["a", "traceparent"]);
  assertMatch(headers.traceparent!, new RegExp(second!.spanContext().spanId));
});

Deno.test("publishEvent() marks the span of an event that is not acknowledged", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ maxBatchBytes: 10 });
  await assertRejects(() => bus.publishEvent(TYPE, makeEvent()), PublishError);
  const [span] = sdk.named(`send ${TYPE}`);
  assertEquals(span?.status.code, SpanStatusCode.ERROR);
  assertEquals(span?.attributes["error.type"], "too_large");
  assertEquals(span?.events.map(({ name }) => name), ["exception"]);
});

Deno.test("createEnvelope() notes the active span in the metadata", async () => {
  await using _sdk = new TelemetrySdk();
  trace.getTracer("test").startActiveSpan("request", (span) => {
    const { traceId, spanId } = span.spanContext();
    assertEquals(makeEvent().metadata, {
      traceparent: `00-${traceId}-${spanId}-01`,
    });
    span.end();
  });
});

Deno.test("MemoryConsumer handles each attempt in a span of the sender's trace", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const lines: Record<string, unknown>[] = [];
  const logger = createServiceLogger("grading", {
    handlers: [
      new LineHandler({ sink: (line) => lines.push(JSON.parse(line)) }),
    ],
  });
  await using consumer = bus.consumer({
    groupId: "grading",
    topics: [TYPE],
    retry: { baseDelayMs: 1 },
    logger,
  });
  const seen: unknown[] = [];
  const done = Promise.withResolvers<void>();
  consumer.on(TYPE, async (_, { attempt }) => {
    await Promise.resolve();
    seen.push(trace.getActiveSpan()?.spanContext().spanId);
    assertEquals(seen.at(-1), currentContext().spanId);
    if (attempt === 1) throw new TypeError("redis://user:secret@host is down");
    logger.info("Graded");
    trace.getTracer("test").startActiveSpan("inner", (span) => {
      logger.info("Inside");
      seen.push(span.spanContext().spanId);
      span.end();
    });
    done.resolve();
  });
  // What the consumer is started in has nothing to do with the events.
  await trace.getTracer("test").startActiveSpan("startup", async (span) => {
    await consumer.start();
    span.end();
  });
  await bus.publishEvent(TYPE, makeEvent());
  await done.promise;
  await consumer.stop();

  const [send] = sdk.named(`send ${TYPE}`);
  const attempts = sdk.named(`process ${TYPE}`);
  assertEquals(attempts.map(({ kind }) => kind), [
    SpanKind.CONSUMER,
    SpanKind.CONSUMER,
  ]);
  assertEquals(
    attempts.map((span) => span.parentSpanContext?.spanId),
    [send!.spanContext().spanId, send!.spanContext().spanId],
  );
  assertEquals(
    attempts.map(({ attributes }) => attributes["huleedu.attempt"]),
    [
      1,
      2,
    ],
  );
  const [failed, handled] = attempts;
  assertEquals(failed?.attributes["error.type"], "TypeError");
  assertEquals(failed?.status.message, "redis://[redacted]@host is down");
  assertEquals(handled?.attributes["huleedu.outcome"], "processed");
  assertEquals(handled?.attributes["messaging.consumer.group.name"], "grading");
  assertEquals(handled?.attributes["messaging.kafka.offset"], 0);

  const { traceId } = send!.spanContext();
  const ours = lines.filter(({ trace_id }) => trace_id === traceId);
  assertEquals(ours.map(({ message, span_id }) => [message, span_id]), [
    ["Event handler failed; trying again", seen[0]],
    ["Graded", seen[1]],
    ["Inside", seen[2]],
  ]);
});

Deno.test("MemoryConsumer links what it polled to the origin of each record", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  await bus.publishEvent(TYPE, makeEvent());
  await bus.publishEvent(TYPE, makeEvent());
  bus.publishRaw(TYPE, "no event");
  await using consumer = bus.consumer({
    groupId: "g",
    topics: [TYPE],
    fromBeginning: true,
  });
  await consumer.start();
  await bus.untilRecords(`${TYPE}.dlq`, 1);

  const [poll] = sdk.named(`poll ${TYPE}`);
  assertEquals(poll?.kind, SpanKind.CLIENT);
  assertEquals(poll?.attributes["messaging.operation.type"], "receive");
  assertEquals(poll?.attributes["messaging.batch.message_count"], 3);
  assertEquals(
    poll?.links.map(({ context }) => context.spanId),
    sdk.named(`send ${TYPE}`).map((span) => span.spanContext().spanId),
  );
});

Deno.test("MemoryConsumer sets an event aside in a span below the one it was handled in", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  await using consumer = bus.consumer({
    groupId: "g",
    topics: [TYPE],
  });
  consumer.on(TYPE, () => Promise.reject(new FatalEventError("no such essay")));
  await consumer.start();
  const event = makeEvent();
  await bus.publishEvent(TYPE, event, { key: "e1", headers: { a: "1" } });
  const [letter] = await bus.untilRecords(LETTERS, 1);
  await consumer.stop();

  const [attempt] = sdk.named(`process ${TYPE}`);
  assertEquals(attempt?.status.code, SpanStatusCode.ERROR);
  const [aside] = sdk.named(`send ${LETTERS}`);
  assertEquals(aside?.kind, SpanKind.PRODUCER);
  assertEquals(
    aside?.parentSpanContext?.spanId,
    attempt?.spanContext().spanId,
  );
  assertEquals(aside?.attributes, {
    "messaging.system": "kafka",
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
    "messaging.destination.name": LETTERS,
    "messaging.destination.partition.id": "0",
    "messaging.kafka.offset": 0,
    "messaging.kafka.message.key": "e1",
    "messaging.message.id": event.event_id,
    "messaging.message.conversation_id": event.correlation_id,
    "messaging.message.body.size": letter!.value!.length,
    "huleedu.event.type": TYPE,
  });
  const { a, traceparent } = letter!.headers;
  assertEquals([a, traceparent], ["1", traceparentOf(aside)]);
});

Deno.test("MemoryBus.redrive() sends each letter in a span that goes on from where it was set aside", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const given = { "dlq.reason": "fatal", traceparent: CALLER };
  bus.publishRaw(LETTERS, "1", { key: "back", headers: given });
  bus.publishRaw(LETTERS, "2", { key: "kept", headers: given });
  await bus.redrive(TYPE, { filter: ({ key }) => key === "back" });

  const [back] = sdk.named(`send ${TYPE}`);
  const [kept] = sdk.named(`send ${LETTERS}`);
  for (const span of [back, kept]) {
    assertEquals(span?.parentSpanContext?.spanId, "00f067aa0ba902b7");
  }
  assertEquals(back?.attributes["messaging.kafka.message.key"], "back");
  assertEquals(bus.records(TYPE)[0]?.headers, {
    traceparent: traceparentOf(back),
  });
  assertEquals(bus.records(LETTERS)[2]?.headers, {
    "dlq.reason": "fatal",
    traceparent: traceparentOf(kept),
  });
});

Deno.test("MemoryConsumer shows in a trace what is no event", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  await using consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  await consumer.start();
  bus.publishRaw(TYPE, "no event", { headers: { traceparent: CALLER } });
  await bus.untilRecords(`${TYPE}.dlq`, 1);
  await consumer.stop();
  const [attempt] = sdk.named(`process ${TYPE}`);
  assertEquals(attempt?.parentSpanContext?.spanId, "00f067aa0ba902b7");
  assertEquals(attempt?.attributes["error.type"], "EnvelopeError");
});

Deno.test("A log line outside of any context has the ids of the active span", async () => {
  await using _sdk = new TelemetrySdk();
  const lines: Record<string, unknown>[] = [];
  const logger = createServiceLogger("essays", {
    handlers: [
      new LineHandler({ sink: (line) => lines.push(JSON.parse(line)) }),
    ],
  });
  logger.info("Before");
  trace.getTracer("test").startActiveSpan("request", (span) => {
    const { traceId, spanId } = span.spanContext();
    logger.info("Within");
    assertEquals(lines.map(({ trace_id, span_id }) => [trace_id, span_id]), [
      [undefined, undefined],
      [traceId, spanId],
    ]);
    span.end();
  });
});

Deno.test("a handler that throws what is hardly an error ends in a dead letter, and a failed span", async () => {
  await using sdk = new TelemetrySdk();
  await using bus = await MemoryBus.connect({ partitions: 1 });
  await using consumer = bus.consumer({
    groupId: "g",
    topics: [TYPE],
    fromBeginning: true,
    retry: { maxAttempts: 1 },
  });
  const thrown = [...ODD_ERRORS];
  consumer.on(TYPE, () => Promise.reject(thrown.shift()));
  await consumer.start();
  for (const _ of ODD_ERRORS) await bus.publishEvent(TYPE, makeEvent());
  const letters = await bus.untilRecords(LETTERS, ODD_ERRORS.length);
  for (const { headers } of letters) {
    assertMatch(
      String(headers["dlq.error"]),
      /^(Error: |Thrown value of kind )/,
    );
  }
  await consumer.stop();
  const failed = sdk.named(`process ${TYPE}`).filter(({ status }) =>
    status.code === SpanStatusCode.ERROR
  );
  assertEquals(failed.length, ODD_ERRORS.length);
});
