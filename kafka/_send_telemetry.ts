// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import { errorType } from "../events/error_type.ts";
import { count, isMetering, measure } from "../events/metrics.ts";
import {
  parseTraceparent,
  type TraceContext,
} from "../events/trace_context.ts";
import { isTracing, type LiveSpan, startSpan } from "../events/tracing.ts";
import type { PublishOptions } from "../protocols.ts";

/** One call of `publishEvent`, as OpenTelemetry is told of it. */
export class SendTelemetry {
  readonly #topic: string;
  readonly #span: LiveSpan | undefined;
  readonly #since = performance.now();
  #partition: number | undefined;

  constructor(
    topic: string,
    envelope: EventEnvelope,
    { key, headers }: PublishOptions,
    clientId: string | undefined,
  ) {
    this.#topic = topic;
    const given = headers?.traceparent;
    const parent = given && parseTraceparent(given, headers?.tracestate);
    this.#span = startSpan(`send ${topic}`, {
      kind: "producer",
      ...(parent && { parent }),
      attributes: {
        ...namesOf(topic),
        "messaging.operation.type": "send",
        "messaging.client.id": clientId,
        "messaging.message.id": envelope.event_id,
        "messaging.message.conversation_id": envelope.correlation_id,
        "messaging.kafka.message.key": key,
        "huleedu.event.type": envelope.event_type,
      },
    });
  }

  /** What the record is to say of its origin. */
  get trace(): TraceContext | undefined {
    return this.#span?.trace;
  }

  /** The partition is fixed. */
  placed(partition: number): void {
    this.#partition = partition;
  }

  /** The event is in the log; at an unknown offset where that is -1. */
  sent(offset: number, bytes: number): void {
    this.#span?.set({
      "messaging.destination.partition.id": partitionId(this.#partition),
      "messaging.kafka.offset": offset === -1 ? undefined : offset,
      "messaging.message.body.size": bytes,
    });
    this.#end(undefined);
  }

  failed(error: unknown): void {
    this.#span?.fail(error);
    this.#end(errorType(error));
  }

  #end(error: string | undefined): void {
    this.#span?.end();
    if (!isMetering()) return;
    const attributes = {
      ...namesOf(this.#topic),
      "messaging.destination.partition.id": partitionId(this.#partition),
      "error.type": error,
    };
    count("messaging.client.sent.messages", attributes);
    measure(
      "messaging.client.operation.duration",
      performance.now() - this.#since,
      { ...attributes, "messaging.operation.type": "send" },
    );
  }
}

/** Whether anybody wants to be told of calls. */
export function isSendObserved(): boolean {
  return isTracing() || isMetering();
}

function namesOf(topic: string): Record<string, string> {
  return {
    "messaging.system": "kafka",
    "messaging.operation.name": "send",
    "messaging.destination.name": topic,
  };
}

function partitionId(partition: number | undefined): string | undefined {
  return partition === undefined ? undefined : String(partition);
}
