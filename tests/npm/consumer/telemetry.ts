// Copyright 2026 the HuleEdu authors. MIT license.

// Runs OpenTelemetry's SDK beside the package: one trace from a request through
// an event to its handler, and its ids on the log lines.

import assert from "node:assert/strict";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createEnvelope } from "@huleedu/service-libs/events";
import {
  createServiceLogger,
  LineHandler,
} from "@huleedu/service-libs/logging";
import { MemoryBus } from "@huleedu/service-libs/testing";
import { runTests, test } from "./harness.ts";

const TYPE = "huleedu.essay.created.v1";

test("An event and its handler belong to the trace of their request", async () => {
  const exporter = new InMemorySpanExporter();
  const contexts = new AsyncLocalStorageContextManager();
  context.setGlobalContextManager(contexts.enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    }),
  );
  const lines: string[] = [];
  const logger = createServiceLogger("grading", {
    handlers: [new LineHandler({ sink: (line) => void lines.push(line) })],
  });
  const bus = await MemoryBus.connect();
  const consumer = bus.consumer({ groupId: "grading", topics: [TYPE] });
  const graded = new Promise<void>((resolve) => {
    consumer.on(TYPE, async () => {
      await Promise.resolve();
      logger.info("Graded");
      resolve();
    });
  });
  await consumer.start();
  await trace.getTracer("test").startActiveSpan("request", async (span) => {
    const data = { essay_id: "e1" };
    await bus.publishEvent(
      TYPE,
      createEnvelope({ eventType: TYPE, sourceService: "essays", data }),
    );
    span.end();
  });
  await graded;
  await consumer.stop();
  await bus.stop();

  const ids = new Map(
    exporter.getFinishedSpans().map((span) => [span.name, span.spanContext()]),
  );
  const handling = ids.get(`process ${TYPE}`);
  assert.equal(handling?.traceId, ids.get("request")?.traceId);
  const { trace_id, span_id } = JSON.parse(lines[0] ?? "{}");
  assert.deepEqual([trace_id, span_id], [handling?.traceId, handling?.spanId]);
  trace.disable();
  context.disable();
});

await runTests();
