// Copyright 2026 the HuleEdu authors. MIT license.

import { setTimeout as delay } from "node:timers/promises";
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  type DataPoint,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** Collects when it is asked to: no timer, nothing that is sent anywhere. */
class AskedReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** OpenTelemetry's SDK as a service has it, registered until it is disposed of. */
export class TelemetrySdk implements AsyncDisposable {
  readonly #spans = new InMemorySpanExporter();
  readonly #tracers = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.#spans)],
  });
  readonly #reader = new AskedReader();
  readonly #meters = new MeterProvider({ readers: [this.#reader] });
  readonly #contexts = new AsyncLocalStorageContextManager();

  /** Registers tracing, metrics and contexts. */
  constructor() {
    this.#contexts.enable();
    context.setGlobalContextManager(this.#contexts);
    trace.setGlobalTracerProvider(this.#tracers);
    metrics.setGlobalMeterProvider(this.#meters);
  }

  /** The spans that have ended, in that order. */
  get spans(): readonly ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  /** The spans of a name that have ended. */
  named(name: string): readonly ReadableSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** What was measured under a name so far. */
  async points(name: string): Promise<readonly DataPoint<unknown>[]> {
    const { resourceMetrics } = await this.#reader.collect();
    return resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints as DataPoint<unknown>[]);
  }

  /** Lets nobody else be told of anything. */
  async [Symbol.asyncDispose](): Promise<void> {
    trace.disable();
    metrics.disable();
    context.disable();
    await Promise.all([this.#tracers.shutdown(), this.#meters.shutdown()]);
    // The exporter answers from a timer each, and nobody waits for the answers.
    await delay(1);
  }
}
