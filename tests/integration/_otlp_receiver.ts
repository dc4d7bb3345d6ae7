// Copyright 2026 the HuleEdu authors. MIT license.

import { Progress } from "./_progress.ts";

/** A span as OTLP has it in JSON. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Scoped<T> {
  readonly spans?: readonly T[];
  readonly metrics?: ReadonlyArray<{ readonly name: string }>;
  readonly logRecords?: ReadonlyArray<{ readonly attributes?: Attribute[] }>;
}

/** What an exporter sends, of the three kinds, as far as it is looked at. */
interface OtlpBody {
  readonly resourceSpans?: ReadonlyArray<
    { readonly scopeSpans: ReadonlyArray<Scoped<OtlpSpan>> }
  >;
  readonly resourceMetrics?: ReadonlyArray<
    { readonly scopeMetrics: ReadonlyArray<Scoped<never>> }
  >;
}

/** Takes what an OTLP exporter sends as JSON over HTTP, on loopback. */
export class OtlpReceiver implements AsyncDisposable {
  readonly spans: OtlpSpan[] = [];
  /** The names of what was measured. */
  readonly metrics = new Set<string>();
  readonly #progress = new Progress("something from an exporter");
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      this.#take(await request.json());
      return Response.json({});
    },
  );

  /** Where exporters find it. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Resolves when it is so; asks after each export. */
  until(isSo: () => boolean): Promise<void> {
    return this.#progress.until(isSo);
  }

  #take({ resourceSpans = [], resourceMetrics = [] }: OtlpBody): void {
    for (const { scopeSpans } of resourceSpans) {
      for (const { spans = [] } of scopeSpans) this.spans.push(...spans);
    }
    for (const { scopeMetrics } of resourceMetrics) {
      for (const { metrics = [] } of scopeMetrics) {
        for (const { name } of metrics) this.metrics.add(name);
      }
    }
    this.#progress.tick();
  }

  /** Listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
