// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Clock,
  EventEnvelope,
  EventPublisher,
  Logger,
  PublishOptions,
} from "../protocols.ts";
import type { CircuitBreaker } from "./circuit_breaker.ts";
import { CircuitOpenError } from "./errors.ts";
import type { FlushReport, UnsentEvent } from "./flush_report.ts";
import type { Activity } from "./_activity.ts";
import { FallbackQueue, type Lane } from "./_fallback_queue.ts";

/** An event that waits, and what has been tried. */
export interface QueuedEvent {
  readonly topic: string;
  readonly envelope: EventEnvelope;
  readonly options: Pick<PublishOptions, "key" | "headers">;
  /** Runs a function in the async context of the publish call. */
  readonly inContext: <R>(fn: () => R) => R;
  attempts: number;
  error?: unknown;
}

/** What a drain works with. */
export interface DrainOptions {
  readonly publisher: EventPublisher;
  readonly breaker: CircuitBreaker;
  readonly isRetriable: (error: unknown) => boolean;
  readonly retryIntervalMs: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger | undefined;
  /** Entered while the drain is at work. */
  readonly activity: Activity;
}

/** Sends queued events as soon as the circuit breaker lets it. */
export class Drain {
  #options: DrainOptions;
  #queue = new FallbackQueue<QueuedEvent>();
  #setAside: QueuedEvent[] = [];
  #running = false;
  #flushing = false;
  #flushed = 0;
  #deadlineAt = Infinity;
  #pauses = new AbortController();
  #halted = new AbortController();

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  /** Events that wait to be sent. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Events that can never be sent, kept for the report. */
  get setAside(): number {
    return this.#setAside.length;
  }

  /** Whether events of the lane are waiting. */
  has(lane: Lane): boolean {
    return this.#queue.count(lane) > 0;
  }

  /** Queues an event; it is sent without further ado. */
  push(lane: Lane, event: QueuedEvent): void {
    this.#queue.push(lane, event);
    if (this.#running) return;
    this.#running = true;
    this.#options.activity.enter();
    this.#loop();
  }

  /** Cuts the pause short and stops trying when none fits in before. */
  flush(deadlineAt: number): void {
    const { breaker, clock } = this.#options;
    this.#flushing = true;
    this.#deadlineAt = deadlineAt;
    // There is no later: one probe now may save the whole queue.
    const opensAt = clock.monotonic() + breaker.snapshot().retryAfterMs;
    if (this.#queue.size > 0 && opensAt > deadlineAt) breaker.halfOpen();
    this.#pauses.abort();
    this.#pauses = this.#halted;
  }

  /** Gives up what is under way, and hands out what is left. */
  halt(): FlushReport {
    this.#halted.abort(
      new DOMException("The publisher was stopped", "AbortError"),
    );
    const left = [...this.#setAside, ...this.#queue.takeAll()];
    return { flushed: this.#flushed, unsent: left.map(toUnsent) };
  }

  async #loop(): Promise<void> {
    const { clock, activity } = this.#options;
    let pauseMs = this.#pauseMs();
    while (this.#queue.size > 0 && !this.#halted.signal.aborted) {
      if (pauseMs > 0) {
        if (clock.monotonic() + pauseMs > this.#deadlineAt) break;
        await this.#pause(pauseMs);
      }
      pauseMs = await this.#round() ? 0 : this.#pauseMs();
    }
    this.#running = false;
    activity.leave();
  }

  #pauseMs(): number {
    const { breaker, retryIntervalMs } = this.#options;
    return breaker.snapshot().retryAfterMs || retryIntervalMs;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#pauses;
    await this.#options.clock.sleep(ms, { signal }).catch(() => {});
  }

  /** Sends what waits; whether nothing failed. */
  async #round(): Promise<boolean> {
    const { breaker, concurrency, logger } = this.#options;
    // A circuit that is not closed lets few calls through, so one at a time
    // until it is.
    const probing = breaker.state !== "closed";
    const lanes = this.#queue.lanes().values();
    let clean = true;
    const work = async (): Promise<void> => {
      for (const lane of lanes) {
        const sent = await this.#sendLane(lane).catch((error) => {
          logger?.error("Cannot judge why an event was not sent", { error });
          return false;
        });
        if (!sent) clean = false;
        const closed = breaker.state === "closed";
        if (probing ? closed || !sent : !closed) return;
      }
    };
    const width = probing ? 1 : concurrency;
    await Promise.all(Array.from({ length: width }, work));
    return clean;
  }

  /** Sends the events that the lane has now, in order, until one fails. */
  async #sendLane(lane: Lane): Promise<boolean> {
    for (let left = this.#queue.count(lane); left > 0; left--) {
      const event = this.#queue.peek(lane);
      if (event === undefined || this.#halted.signal.aborted) return false;
      const sent = await event.inContext(() => this.#send(lane, event));
      if (!sent) return false;
    }
    return true;
  }

  async #send(lane: Lane, event: QueuedEvent): Promise<boolean> {
    const { breaker, publisher, isRetriable, logger } = this.#options;
    const { topic, envelope } = event;
    const { signal } = this.#halted;
    const facts = { topic, event_id: envelope.event_id };
    try {
      await breaker.execute(() => {
        event.attempts++;
        const options = { ...event.options, signal };
        return publisher.publishEvent(topic, envelope, options);
      }, { signal });
    } catch (error) {
      if (error instanceof CircuitOpenError) return false;
      event.error = error;
      if (signal.aborted) return false;
      if (isRetriable(error)) {
        this.#queue.postpone(lane);
        logger?.warn("Cannot send queued event yet", { ...facts, error });
        return false;
      }
      logger?.critical("Queued event can never be sent", { ...facts, error });
      if (this.#queue.remove(lane, event)) this.#setAside.push(event);
      return true;
    }
    if (this.#queue.remove(lane, event) && this.#flushing) this.#flushed++;
    return true;
  }
}

function toUnsent(event: QueuedEvent): UnsentEvent {
  const { topic, envelope, options, attempts } = event;
  const unsent = { topic, envelope, ...options, attempts };
  return "error" in event ? { ...unsent, error: event.error } : unsent;
}
