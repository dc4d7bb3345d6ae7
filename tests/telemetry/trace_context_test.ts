// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import {
  contextFromHeaders,
  createEnvelope,
  currentContext,
  withContext,
} from "../../events/mod.ts";
import { MemoryBus } from "../../testing/mod.ts";

const TYPE = "huleedu.essay.created.v1";
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";
const NOT_SAMPLED = `00-${TRACE_ID}-${SPAN_ID}-00`;

function makeEvent(metadata?: Record<string, unknown> | null) {
  return createEnvelope({
    eventType: TYPE,
    sourceService: "essays",
    data: {},
    metadata,
  });
}

Deno.test("createEnvelope() has no metadata without a trace", () => {
  assertEquals(makeEvent().metadata, null);
});

Deno.test("createEnvelope() writes traceparent of the context beside the caller's metadata", () => {
  withContext({ traceId: TRACE_ID, spanId: SPAN_ID }, () => {
    const traceparent = `00-${TRACE_ID}-${SPAN_ID}-01`;
    assertEquals(makeEvent().metadata, { traceparent });
    assertEquals(makeEvent({ a: 1 }).metadata, { traceparent, a: 1 });
    assertEquals(makeEvent({ traceparent: "own" }).metadata, {
      traceparent: "own",
    });
    assertEquals(makeEvent(null).metadata, null);
  });
});

Deno.test("createEnvelope() ignores ids that are not those of a trace", () => {
  withContext({ traceId: "upload-7", spanId: "1" }, () => {
    assertEquals(makeEvent().metadata, null);
  });
});

Deno.test("contextFromHeaders() passes sampling and tracestate on, unseen", () => {
  const fields = contextFromHeaders({
    traceparent: NOT_SAMPLED,
    tracestate: "vendor=1",
  });
  assertEquals(Object.keys(fields).sort(), [
    "correlationId",
    "spanId",
    "traceId",
  ]);
  withContext(fields, () =>
    withContext({ eventId: undefined, step: 1 }, () => {
      assertEquals(makeEvent().metadata, {
        traceparent: NOT_SAMPLED,
        tracestate: "vendor=1",
      });
    }));
});

Deno.test("publishEvent() writes the trace of the context without any SDK", async () => {
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const fields = contextFromHeaders({
    traceparent: NOT_SAMPLED,
    tracestate: "vendor=1",
  });
  await withContext(fields, async () => {
    await bus.publishEvent(TYPE, makeEvent());
    await bus.publishEvent(TYPE, makeEvent(), {
      headers: { traceparent: "own", a: "1" },
    });
  });
  await bus.publishEvent(TYPE, makeEvent());
  assertEquals(bus.records(TYPE).map(({ headers }) => headers), [
    { traceparent: NOT_SAMPLED, tracestate: "vendor=1" },
    { traceparent: "own", a: "1" },
    {},
  ]);
});

for (const place of ["header", "metadata"] as const) {
  Deno.test(`MemoryConsumer handles in the trace of the ${place} without any SDK`, async () => {
    await using bus = await MemoryBus.connect({ partitions: 1 });
    await using consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
    const handled = Promise.withResolvers<unknown>();
    consumer.on(TYPE, async (envelope) => {
      await Promise.resolve();
      await bus.publishEvent("huleedu.essay.graded.v1", envelope);
      handled.resolve(currentContext());
    });
    await consumer.start();
    const envelope = makeEvent(
      place === "metadata" ? { traceparent: NOT_SAMPLED } : null,
    );
    await bus.publishEvent(TYPE, envelope, {
      headers: place === "header" ? { traceparent: NOT_SAMPLED } : {},
    });
    const { traceId, spanId } = await handled.promise as Record<string, string>;
    assertEquals([traceId, spanId], [TRACE_ID, SPAN_ID]);
    const [next] = await bus.untilRecords("huleedu.essay.graded.v1", 1);
    assertEquals(next?.headers, { traceparent: NOT_SAMPLED });
  });
}

Deno.test("MemoryConsumer handles an event with a broken traceparent", async () => {
  await using bus = await MemoryBus.connect({ partitions: 1 });
  await using consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  const handled = Promise.withResolvers<string[]>();
  consumer.on(TYPE, () => {
    handled.resolve(Object.keys(currentContext()));
    return Promise.resolve();
  });
  await consumer.start();
  await bus.publishEvent(TYPE, makeEvent({ traceparent: 7 }), {
    headers: { traceparent: "00-0-0-00" },
  });
  assertEquals((await handled.promise).includes("traceId"), false);
});
