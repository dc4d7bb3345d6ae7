// Copyright 2026 the HuleEdu authors. MIT license.

import { errorType } from "../events/error_type.ts";
import { isMetering, measure } from "../events/metrics.ts";
import type { TraceContext } from "../events/trace_context.ts";
import { isTracing, type LiveSpan, startSpan } from "../events/tracing.ts";
import type { HandlerOutcome } from "../protocols.ts";
import { type ConsumerIdentity, consumerNames } from "./_consumer_names.ts";
import { serverNames } from "./_server_names.ts";
import type { Work } from "./_work.ts";

const decoder = new TextDecoder();

/**
 * One call of a handler, or what is no event for one, as OpenTelemetry is told
 * of it.
 */
export class ProcessTelemetry {
  readonly #span: LiveSpan | undefined;
  readonly #names: Readonly<Record<string, string | number | undefined>>;
  readonly #since = performance.now();
  #tookMs: number | undefined;
  #error: string | undefined;

  /**
   * @param parent What the event says of its origin.
   */
  constructor(
    work: Work,
    parent: TraceContext | undefined,
    identity: ConsumerIdentity,
  ) {
    const { topic, partition } = work.partition;
    const { envelope, record: { key, value } } = work;
    this.#names = {
      ...consumerNames(identity, topic),
      "messaging.operation.name": "process",
      "messaging.destination.partition.id": String(partition),
      ...serverNames(work.partition.server),
    };
    this.#span = startSpan(`process ${topic}`, {
      kind: "consumer",
      parent: parent ?? null,
      attributes: {
        ...this.#names,
        "messaging.operation.type": "process",
        "messaging.client.id": identity.clientId,
        "messaging.message.id": envelope?.event_id,
        "messaging.message.conversation_id": envelope?.correlation_id,
        "messaging.message.body.size": value?.length,
        "messaging.kafka.message.key": key ? decoder.decode(key) : undefined,
        "messaging.kafka.offset": work.offset,
        "huleedu.event.type": envelope?.event_type,
        "huleedu.attempt": work.attempts + 1,
      },
    });
  }

  /** What the handler's work belongs to. */
  get trace(): TraceContext | undefined {
    return this.#span?.trace;
  }

  /** Calls a function within the span. */
  run<R>(fn: () => R): R {
    return this.#span ? this.#span.run(fn) : fn();
  }

  answered(outcome: HandlerOutcome): void {
    this.#tookMs = performance.now() - this.#since;
    this.#span?.set({ "huleedu.outcome": outcome });
  }

  failed(error: unknown): void {
    this.#tookMs = performance.now() - this.#since;
    this.#error = errorType(error);
    this.#span?.fail(error);
  }

  end(): void {
    this.#span?.end();
    measure("messaging.process.duration", this.#tookMs ?? 0, {
      ...this.#names,
      "error.type": this.#error,
    });
  }
}

/** Whether anybody wants to be told of handlers. */
export function isProcessObserved(): boolean {
  return isTracing() || isMetering();
}
