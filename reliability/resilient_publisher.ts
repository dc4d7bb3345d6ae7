// Copyright 2026 the HuleEdu authors. MIT license.

import { AsyncLocalStorage } from "node:async_hooks";
import { observe } from "../events/metrics.ts";
import type {
  Clock,
  EventEnvelope,
  EventPublisher,
  Lifecycle,
  Logger,
  PublishOptions,
  PublishOutcome,
  StopOptions,
} from "../protocols.ts";
import { Activity } from "./_activity.ts";
import { CircuitBreaker } from "./circuit_breaker.ts";
import { Drain } from "./_drain.ts";
import {
  CircuitOpenError,
  FallbackQueueFullError,
  NotStartedError,
  UnsentEventsError,
} from "./errors.ts";
import type { FlushReport } from "./flush_report.ts";
import { isTransient } from "./_is_transient.ts";
import { requireDuration, requireInteger } from "./_options.ts";
import type {
  ResilientPublisherOptions,
  ResilientPublisherSnapshot,
} from "./resilient_publisher_options.ts";
import { systemClock } from "./system_clock.ts";
import { Turns } from "./_turns.ts";

/**
 * Publishes through a circuit breaker, and keeps events in memory while they
 * cannot be sent.
 *
 * A publish resolves with `"sent"` or `"queued"`, or it rejects; an event whose
 * publish rejected is not queued. Queued events are sent on their own as soon
 * as the breaker lets a probe through. Events of one topic and key keep the
 * order of their calls: each waits for the one before it, and queues behind it.
 *
 * An event may arrive twice where a send failed but the broker has it, with the
 * same `event_id`. The queue is lost when the process dies: an event that must
 * survive that belongs in a database first.
 *
 * An envelope must not be changed after it was handed over.
 *
 * @example An outage
 * ```ts
 * import { createEnvelope } from "@huleedu/service-libs/events";
 * import type { EventPublisher } from "@huleedu/service-libs/protocols";
 * import { ResilientPublisher } from "@huleedu/service-libs/reliability";
 * import { assertEquals } from "@std/assert";
 *
 * let up = false;
 * const broker: EventPublisher = {
 *   publishEvent: () =>
 *     up ? Promise.resolve("sent") : Promise.reject(new Error("down")),
 * };
 * const publisher = await ResilientPublisher.connect({ publisher: broker });
 * const envelope = createEnvelope({
 *   eventType: "huleedu.essay.created.v1",
 *   sourceService: "essays",
 *   data: { essay_id: "e-1" },
 * });
 * assertEquals(
 *   await publisher.publishEvent("huleedu.essay.created.v1", envelope),
 *   "queued",
 * );
 * up = true;
 * assertEquals(await publisher.stop(), { flushed: 1, unsent: [] });
 * ```
 */
export class ResilientPublisher
  implements EventPublisher, Lifecycle<FlushReport> {
  #publisher: EventPublisher;
  #breaker: CircuitBreaker;
  #maxQueuedEvents: number;
  #retryIntervalMs: number;
  #drainConcurrency: number;
  #isRetriable: (error: unknown) => boolean;
  #clock: Clock;
  #logger: Logger | undefined;

  #turns = new Turns();
  #activity = new Activity();
  #accepting = false;
  #drain: Drain | undefined;
  #stopping: Promise<FlushReport> | undefined;
  #unobserve: (() => void) | undefined;

  /**
   * Makes a publisher.
   *
   * @param options The publisher to wrap, the breaker, and the queue's bound.
   * @throws {RangeError} If a number among the options is out of range.
   * @throws {TypeError} If an option is of the wrong kind.
   */
  constructor(options: ResilientPublisherOptions) {
    const {
      maxQueuedEvents = 1_000,
      retryIntervalMs = 1_000,
      drainConcurrency = 16,
      isRetriable = isTransient,
      clock = systemClock,
    } = options;
    const action = "create resilient publisher";
    requireInteger(action, "maxQueuedEvents", maxQueuedEvents, 1);
    requireDuration(action, "retryIntervalMs", retryIntervalMs, 1);
    requireInteger(action, "drainConcurrency", drainConcurrency, 1);
    this.#publisher = options.publisher;
    this.#maxQueuedEvents = maxQueuedEvents;
    this.#retryIntervalMs = retryIntervalMs;
    this.#drainConcurrency = drainConcurrency;
    this.#isRetriable = isRetriable;
    this.#clock = clock;
    this.#logger = options.logger;
    this.#breaker = options.breaker ?? new CircuitBreaker({
      name: "resilient_publisher",
      isFailure: isRetriable,
      clock,
      ...(options.logger === undefined ? {} : { logger: options.logger }),
    });
  }

  /**
   * Constructs and starts.
   *
   * @param options The publisher to wrap, the breaker, and the queue's bound.
   * @returns A started publisher.
   * @throws {RangeError} If a number among the options is out of range.
   * @throws {TypeError} If an option is of the wrong kind.
   */
  static async connect(
    options: ResilientPublisherOptions,
  ): Promise<ResilientPublisher> {
    const publisher = new ResilientPublisher(options);
    await publisher.start();
    return publisher;
  }

  /** Begins to accept events. After a stop it begins with an empty queue. */
  async start(): Promise<void> {
    await this.#stopping;
    if (this.#drain !== undefined) return;
    this.#stopping = undefined;
    this.#drain = new Drain({
      publisher: this.#publisher,
      breaker: this.#breaker,
      isRetriable: this.#isRetriable,
      retryIntervalMs: this.#retryIntervalMs,
      concurrency: this.#drainConcurrency,
      clock: this.#clock,
      logger: this.#logger,
      activity: this.#activity,
    });
    this.#accepting = true;
    this.#unobserve = observe(
      "huleedu.publish.fallback.depth",
      this,
      (self) => {
        const { queued, setAside, circuit } = self.snapshot();
        return [[queued + setAside, { "huleedu.circuit": circuit.circuit }]];
      },
    );
  }

  /**
   * Accepts no more events, sends those that wait, and reports what could not
   * be sent in time. Gives up early when no attempt fits in before the deadline;
   * an open circuit gets one probe. Publishes that are under way are waited for,
   * and settle with their own outcome when they take longer.
   *
   * @param options How long the stop may take.
   * @returns What was sent, and what was not: nobody else has it.
   * @throws {RangeError} If `timeoutMs` is negative.
   */
  async stop(options: StopOptions = {}): Promise<FlushReport> {
    const { timeoutMs = 30_000 } = options;
    requireDuration("stop resilient publisher", "timeoutMs", timeoutMs, 0);
    this.#stopping ??= this.#shutDown(timeoutMs);
    return await this.#stopping;
  }

  /**
   * The same as `stop()`, for `await using`.
   *
   * @throws {UnsentEventsError} If events could not be sent, and no call of
   * `stop()` has reported them.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const reported = this.#stopping !== undefined;
    const report = await this.stop();
    if (!reported && report.unsent.length > 0) {
      throw new UnsentEventsError(report);
    }
  }

  /**
   * What the publisher holds now.
   *
   * @returns A copy; it does not change later.
   */
  snapshot(): ResilientPublisherSnapshot {
    return {
      queued: this.#drain?.queued ?? 0,
      setAside: this.#drain?.setAside ?? 0,
      circuit: this.#breaker.snapshot(),
    };
  }

  /**
   * Publishes one event, or queues it when it cannot be sent now.
   *
   * @typeParam T The shape of the event's data.
   * @param topic The topic to publish on.
   * @param envelope The event.
   * @param options Key, headers and abort signal. The signal has no effect on an
   * event that is queued.
   * @returns Whether the event is sent or waits in the queue.
   * @throws {NotStartedError} Before `start()` and after `stop()`.
   * @throws {FallbackQueueFullError} If the event could not be sent and the
   * queue is full; `cause` is why it was not sent.
   * @throws The publisher's error if it is not retriable, and whatever the
   * publisher rejects with once the signal fired.
   */
  async publishEvent<T>(
    topic: string,
    envelope: EventEnvelope<T>,
    options: PublishOptions = {},
  ): Promise<PublishOutcome> {
    if (!this.#accepting) throw new NotStartedError("ResilientPublisher");
    options.signal?.throwIfAborted();
    this.#activity.enter();
    try {
      const { key } = options;
      if (key === undefined) return await this.#send(topic, envelope, options);
      const lane = `${topic}\0${key}`;
      return await this.#turns.take(
        lane,
        () => this.#send(topic, envelope, options, lane),
        options.signal,
      );
    } finally {
      this.#activity.leave();
    }
  }

  async #send(
    topic: string,
    envelope: EventEnvelope,
    options: PublishOptions,
    lane?: string,
  ): Promise<PublishOutcome> {
    if (this.#drain === undefined) {
      throw new NotStartedError("ResilientPublisher");
    }
    const { signal } = options;
    const event = { topic, envelope, options, lane };
    if (lane !== undefined && this.#drain.has(lane)) return this.#queue(event);
    try {
      return await this.#breaker.execute(
        () => this.#publisher.publishEvent(topic, envelope, options),
        signal === undefined ? {} : { signal },
      );
    } catch (error) {
      const open = error instanceof CircuitOpenError;
      if (open) return this.#queue(event, { error, attempts: 0 });
      if (signal?.aborted || !this.#isRetriable(error)) throw error;
      return this.#queue(event, { error, attempts: 1 });
    }
  }

  #queue(
    event: {
      readonly topic: string;
      readonly envelope: EventEnvelope;
      readonly options: PublishOptions;
      readonly lane: string | undefined;
    },
    failure?: { readonly error: unknown; readonly attempts: number },
  ): PublishOutcome {
    const { topic, envelope, options, lane } = event;
    const { key, headers } = options;
    const drain = this.#drain;
    if (drain === undefined) {
      throw failure?.error ?? new NotStartedError("ResilientPublisher");
    }
    if (drain.queued + drain.setAside >= this.#maxQueuedEvents) {
      throw new FallbackQueueFullError({
        capacity: this.#maxQueuedEvents,
        topic,
        eventId: envelope.event_id,
        ...(failure === undefined ? {} : { cause: failure.error }),
      });
    }
    drain.push(lane ?? Symbol("no key"), {
      topic,
      envelope,
      options: {
        ...(key === undefined ? {} : { key }),
        ...(headers === undefined ? {} : { headers: { ...headers } }),
      },
      inContext: AsyncLocalStorage.snapshot(),
      attempts: failure?.attempts ?? 0,
      ...(failure?.attempts ? { error: failure.error } : {}),
    });
    this.#logger?.warn("Event is queued", {
      topic,
      event_id: envelope.event_id,
      queued: drain.queued,
      ...(failure?.attempts ? { error: failure.error } : {}),
    });
    return "queued";
  }

  async #shutDown(timeoutMs: number): Promise<FlushReport> {
    const drain = this.#drain;
    if (drain === undefined) return { flushed: 0, unsent: [] };
    this.#accepting = false;
    drain.flush(this.#clock.monotonic() + timeoutMs);
    const flushed = new AbortController();
    const { signal } = flushed;
    const expired = this.#clock.sleep(timeoutMs, { signal }).catch(() => {});
    await Promise.race([this.#activity.idle(), expired]);
    flushed.abort();
    this.#drain = undefined;
    this.#unobserve?.();
    const report = drain.halt();
    if (report.unsent.length > 0) {
      this.#logger?.critical("Stopped with unsent events", {
        flushed: report.flushed,
        event_ids: report.unsent.map(({ envelope }) => envelope.event_id),
      });
    }
    return report;
  }
}
