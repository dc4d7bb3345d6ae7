// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  EventEnvelope,
  EventPublisher,
  PublishOptions,
  PublishOutcome,
} from "../../protocols.ts";
import { CircuitBreaker } from "../../reliability/circuit_breaker.ts";
import { ResilientPublisher } from "../../reliability/resilient_publisher.ts";
import type { ResilientPublisherOptions } from "../../reliability/resilient_publisher_options.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";
import { envelopeWith } from "./_events.ts";

/** A publisher that is up or down, and slow if need be. */
export class Broker implements EventPublisher {
  readonly attempts: string[] = [];
  readonly sent: string[] = [];
  readonly options: PublishOptions[] = [];
  active = 0;
  mostActive = 0;
  latencyMs = 0;
  /** What a publish rejects with, if anything, by the event's id. */
  failure: (id: string) => unknown = () => undefined;
  #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async publishEvent(
    _topic: string,
    envelope: EventEnvelope,
    options: PublishOptions = {},
  ): Promise<PublishOutcome> {
    const { event_id } = envelope;
    this.attempts.push(event_id);
    this.options.push(options);
    this.mostActive = Math.max(this.mostActive, ++this.active);
    const { signal } = options;
    try {
      await this.#clock.sleep(
        this.latencyMs,
        signal === undefined ? {} : { signal },
      );
      const failure = this.failure(event_id);
      if (failure !== undefined) throw failure;
      this.sent.push(event_id);
      return "sent";
    } finally {
      this.active--;
    }
  }

  goDown(): void {
    this.failure = () => new Error("down");
  }

  comeUp(): void {
    this.failure = () => undefined;
  }
}

/** A resilient publisher over a broker, and what a test steers them with. */
export interface Bench {
  readonly clock: ManualClock;
  readonly broker: Broker;
  readonly breaker: CircuitBreaker;
  readonly logger: RecordingLogger;
  readonly publisher: ResilientPublisher;
  publish(id: string, options?: PublishOptions): Promise<PublishOutcome>;
}

/** Starts a publisher whose circuit opens after two failures, for 10 s. */
export async function startBench(
  options: Partial<ResilientPublisherOptions> = {},
): Promise<Bench> {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const broker = new Broker(clock);
  const breaker = options.breaker ?? new CircuitBreaker({
    failureThreshold: 2,
    recoveryTimeoutMs: 10_000,
    clock,
  });
  const publisher = await ResilientPublisher.connect({
    publisher: broker,
    breaker,
    clock,
    logger,
    ...options,
  });
  return {
    clock,
    broker,
    breaker,
    logger,
    publisher,
    publish: (id, publishOptions) =>
      publisher.publishEvent(
        "t",
        envelopeWith({ event_id: id }),
        publishOptions,
      ),
  };
}
