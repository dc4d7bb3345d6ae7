// Copyright 2026 the HuleEdu authors. MIT license.

import { errorType } from "../events/error_type.ts";
import { count, isMetering, measure } from "../events/metrics.ts";
import type { TraceContext } from "../events/trace_context.ts";
import { isTracing, type LiveSpan, startSpan } from "../events/tracing.ts";
import type { BrokerAddress } from "./engine.ts";
import { serverNames } from "./_server_names.ts";

/** What is known of a record that is sent. */
export interface SentMessage {
  /** What it goes on from. By default what goes on here. */
  readonly parent?: TraceContext | undefined;
  readonly clientId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly key?: string | undefined;
  readonly eventType?: string | undefined;
}

/** One record on its way, as OpenTelemetry is told of it. */
export class SendTelemetry {
  readonly #topic: string;
  readonly #span: LiveSpan | undefined;
  readonly #since = performance.now();
  #partition: number | undefined;
  #server: BrokerAddress | undefined;

  /**
   * @param server Who is asked, as far as it is known before.
   */
  constructor(
    topic: string,
    message: SentMessage,
    server: BrokerAddress | undefined,
  ) {
    this.#topic = topic;
    this.#server = server;
    const { parent } = message;
    this.#span = startSpan(`send ${topic}`, {
      kind: "producer",
      ...(parent && { parent }),
      attributes: {
        ...namesOf(topic),
        ...serverNames(server),
        "messaging.operation.type": "send",
        "messaging.client.id": message.clientId,
        "messaging.message.id": message.messageId,
        "messaging.message.conversation_id": message.conversationId,
        "messaging.kafka.message.key": message.key,
        "huleedu.event.type": message.eventType,
      },
    });
  }

  /** What the record is to say of its origin. */
  get trace(): TraceContext | undefined {
    return this.#span?.trace;
  }

  /** The partition is known, and who leads it. */
  placed(partition: number, leader: BrokerAddress | undefined): void {
    this.#partition = partition;
    this.#server = leader ?? this.#server;
  }

  /** The event is in the log; at an unknown offset where that is -1. */
  sent(offset: number, bytes: number): void {
    this.#span?.set({
      ...serverNames(this.#server),
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
      ...serverNames(this.#server),
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
