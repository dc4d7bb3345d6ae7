// Copyright 2026 the HuleEdu authors. MIT license.

import { currentContext } from "../events/context.ts";
import type { EventEnvelope } from "../events/envelope.ts";
import { observe } from "../events/metrics.ts";
import { serializeEnvelope } from "../events/serialize_envelope.ts";
import {
  formatTraceparent,
  parseTraceparent,
  type TraceContext,
  traceOf,
} from "../events/trace_context.ts";
import type {
  Logger,
  PublishOptions,
  PublishOutcome,
  StopOptions,
} from "../protocols.ts";
import { isTopic, requirePositive } from "./connection_options.ts";
import type { ProducerEngine } from "./engine.ts";
import { NotStartedError, PublishError } from "./errors.ts";
import { EventFunnel } from "./event_funnel.ts";
import {
  isSendObserved,
  SendTelemetry,
  type SentMessage,
} from "./_send_telemetry.ts";
import { stopTimeout } from "./_stop_timeout.ts";

const encoder = new TextEncoder();
const TRACE_HEADERS: ReadonlySet<string> = new Set([
  "traceparent",
  "tracestate",
]);

/** What an event producer has to be told. */
export interface EventProducerOptions {
  readonly clientId?: string;
  readonly deliveryTimeoutMs?: number;
  readonly maxQueuedBytes?: number;
  readonly maxBatchBytes?: number;
  readonly standardHeaders?: boolean;
  readonly logger?: Logger;
}

/** How a bus is doing. */
export interface BusHealth {
  /**
   * `"unreachable"` while the cluster does not answer; events wait then, until
   * their deadline.
   */
  readonly state: "stopped" | "running" | "unreachable";
  /** Events that were called for and are not settled yet. */
  readonly unsettled: number;
}

/** One record to send as it is. */
export interface RawRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: ReadonlyArray<readonly [name: string, value: Uint8Array]>;
}

/**
 * The life of a producer over any engine: what `KafkaBus` is over Kafka and
 * `MemoryBus` in memory.
 */
export class EventProducer {
  readonly #subject: string;
  readonly #engine: ProducerEngine;
  readonly #funnel: EventFunnel;
  readonly #standardHeaders: boolean;
  readonly #clientId: string | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #started = false;
  #unobserve: (() => void) | undefined;

  constructor(
    subject: string,
    engine: ProducerEngine,
    options: EventProducerOptions,
  ) {
    const positive = (name: string, value: number) =>
      requirePositive(subject, name, value);
    this.#subject = subject;
    this.#engine = engine;
    this.#standardHeaders = options.standardHeaders ?? false;
    this.#clientId = options.clientId;
    this.#funnel = new EventFunnel(engine, {
      deliveryTimeoutMs: positive(
        "deliveryTimeoutMs",
        options.deliveryTimeoutMs ?? 120_000,
      ),
      maxQueuedBytes: positive(
        "maxQueuedBytes",
        options.maxQueuedBytes ?? 32 * 1024 * 1024,
      ),
      maxBatchBytes: positive(
        "maxBatchBytes",
        options.maxBatchBytes ?? 1024 * 1024,
      ),
      logger: options.logger,
    });
  }

  /** Connects; twice is one start. */
  async start(): Promise<void> {
    await this.#stopping;
    this.#starting ??= this.#connect();
    await this.#starting;
  }

  async #connect(): Promise<void> {
    try {
      await this.#engine.connect();
      this.#started = true;
      this.#unobserve = observe(
        "huleedu.publish.queue.depth",
        this,
        (self) => [[
          self.#funnel.unsettled,
          { "messaging.client.id": self.#clientId ?? self.#subject },
        ]],
      );
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
    // The first event would ask for the identity anyway; it need not wait.
    this.#funnel.start().catch(() => {});
  }

  /** Sends what was called for, then disconnects. */
  stop(options: StopOptions = {}): Promise<void> {
    const timeoutMs = stopTimeout(this.#subject, options);
    this.#stopping ??= this.#close(timeoutMs).finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #close(timeoutMs: number): Promise<void> {
    await this.#starting?.catch(() => {});
    if (!this.#started) return;
    this.#started = false;
    await this.#funnel.drain(timeoutMs);
    this.#unobserve?.();
    await this.#engine.disconnect();
    this.#starting = undefined;
  }

  health(): BusHealth {
    const reachable = this.#funnel.isOut ? "unreachable" : "running";
    return {
      state: this.#started ? reachable : "stopped",
      unsettled: this.#funnel.unsettled,
    };
  }

  /** Publishes an event; resolves once it is acknowledged. */
  async publishEvent<T>(
    topic: string,
    envelope: EventEnvelope<T>,
    options: PublishOptions,
  ): Promise<PublishOutcome> {
    const { signal } = options;
    if (isSendObserved()) {
      const message = messageOf(envelope, options);
      await this.#sendObserved(
        topic,
        message,
        signal,
        (trace) => this.#record(envelope, options, trace ?? traceFor(options)),
      );
    } else {
      const record = this.#record(envelope, options, traceFor(options));
      await this.send(topic, record, signal);
    }
    return "sent";
  }

  /**
   * Sends a record that came from elsewhere, as `send()` does. Where spans are
   * recorded it has one, which its headers name.
   */
  async relay(
    topic: string,
    record: RawRecord,
    message: () => SentMessage,
  ): Promise<void> {
    if (isSendObserved()) {
      await this.#sendObserved(
        topic,
        message(),
        undefined,
        (trace) =>
          trace ? { ...record, headers: inTrace(record, trace) } : record,
      );
    } else {
      await this.send(topic, record);
    }
  }

  async #sendObserved(
    topic: string,
    message: SentMessage,
    signal: AbortSignal | undefined,
    recordIn: (trace: TraceContext | undefined) => RawRecord,
  ): Promise<void> {
    const clientId = message.clientId ?? this.#clientId;
    const told = new SendTelemetry(
      topic,
      { ...message, clientId },
      this.#engine.address(-1),
    );
    try {
      const record = recordIn(told.trace);
      const placed = (partition: number) => {
        const leader = this.#funnel.leader({ topic, partition });
        told.placed(partition, this.#engine.address(leader));
      };
      const offset = await this.send(topic, record, signal, placed);
      told.sent(offset, record.value?.length ?? 0);
    } catch (error) {
      told.failed(error);
      throw error;
    }
  }

  #record(
    envelope: EventEnvelope,
    { key, headers }: PublishOptions,
    trace: TraceContext | undefined,
  ): RawRecord {
    const value = encoder.encode(serializeEnvelope(envelope));
    const all: Array<readonly [string, Uint8Array]> = [];
    if (this.#standardHeaders) {
      for (const [name, text] of standardHeaders(envelope)) {
        all.push([name, encoder.encode(text)]);
      }
    }
    if (headers) {
      for (const [name, text] of Object.entries(headers)) {
        if (trace && TRACE_HEADERS.has(name)) continue;
        all.push([name, encoder.encode(text)]);
      }
    }
    if (trace) all.push(...traceHeaders(trace));
    return { key: key ? encoder.encode(key) : null, value, headers: all };
  }

  /** Throws when the producer is not started. */
  requireStarted(): void {
    if (!this.#started) throw new NotStartedError(this.#subject);
  }

  /** Sends a record as it is; resolves with its offset once it is acknowledged. */
  send(
    topic: string,
    { key, value, headers = [] }: RawRecord,
    signal?: AbortSignal,
    placed?: (partition: number) => void,
  ): Promise<number> {
    if (!this.#started) {
      return Promise.reject(new NotStartedError(this.#subject));
    }
    if (!isTopic(topic)) {
      const options = { code: "rejected", outcome: "not_sent", topic } as const;
      return Promise.reject(
        new PublishError("the name is not legal for a topic", options),
      );
    }
    const record = { key, value, headers, timestamp: Date.now() };
    return this.#funnel.send(topic, record, signal, placed);
  }
}

/** The trace of the caller, who may have written the header himself. */
function traceFor({ headers }: PublishOptions): TraceContext | undefined {
  if (headers?.traceparent !== undefined) return undefined;
  return traceOf(currentContext());
}

function messageOf(
  envelope: EventEnvelope,
  { key, headers }: PublishOptions,
): SentMessage {
  const given = headers?.traceparent;
  return {
    parent: given ? parseTraceparent(given, headers.tracestate) : undefined,
    messageId: envelope.event_id,
    conversationId: envelope.correlation_id,
    key,
    eventType: envelope.event_type,
  };
}

/** The headers of a record, with a trace in place of the one it came in. */
function inTrace(
  { headers = [] }: RawRecord,
  trace: TraceContext,
): NonNullable<RawRecord["headers"]> {
  const own = headers.filter(([name]) => !TRACE_HEADERS.has(name));
  return [...own, ...traceHeaders(trace)];
}

function traceHeaders(trace: TraceContext): Array<[string, Uint8Array]> {
  const parent = formatTraceparent(trace);
  const headers: Array<[string, Uint8Array]> = [
    ["traceparent", encoder.encode(parent)],
  ];
  if (trace.state !== undefined) {
    headers.push(["tracestate", encoder.encode(trace.state)]);
  }
  return headers;
}

function standardHeaders(
  envelope: EventEnvelope,
): ReadonlyArray<readonly [string, string]> {
  return [
    ["event_id", envelope.event_id],
    ["event_type", envelope.event_type],
    ["trace_id", envelope.correlation_id],
    ["source_service", envelope.source_service],
    ["schema_version", String(envelope.schema_version)],
    ["occurred_at", envelope.event_timestamp],
    ["content_type", "application/json"],
  ];
}
