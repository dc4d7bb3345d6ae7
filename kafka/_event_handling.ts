// Copyright 2026 the HuleEdu authors. MIT license.

import { type EventContext, withFreshContext } from "../events/context.ts";
import type { EventEnvelope } from "../events/envelope.ts";
import { EnvelopeError } from "../events/envelope_error.ts";
import { isInstance } from "../events/error_type.ts";
import { count } from "../events/metrics.ts";
import { parseEnvelope } from "../events/parse_envelope.ts";
import type { StandardSchema } from "../events/standard_schema.ts";
import { traceFields } from "../events/trace_context.ts";
import { runInTrace } from "../events/tracing.ts";
import { validateEnvelope } from "../events/validate_envelope.ts";
import type { EventHandler, HandlerOutcome, Logger } from "../protocols.ts";
import { type ConsumerIdentity, consumerNames } from "./_consumer_names.ts";
import type { DeadLetter } from "./_dead_letter.ts";
import { DeliveryContext } from "./_delivery_context.ts";
import { FatalEventError } from "./errors.ts";
import { originTrace } from "./_origin_trace.ts";
import { isProcessObserved, ProcessTelemetry } from "./_process_telemetry.ts";
import type { FailureReason, Verdict, Work } from "./_work.ts";

const ASK_AGAIN_BASE_MS = 50;
const ASK_AGAIN_MAX_MS = 2_000;
const SET_ASIDE_BASE_MS = 50;
const SET_ASIDE_MAX_MS = 5_000;

/** How a failing handler is tried again. */
export interface HandlerRetryOptions {
  /**
   * How often a handler is called for one event before it is set aside.
   *
   * @default {5}
   */
  readonly maxAttempts?: number;
  /**
   * Milliseconds before the first retry; doubled for each one after.
   *
   * @default {100}
   */
  readonly baseDelayMs?: number;
  /**
   * The most milliseconds before a retry. The wait is a random part of it.
   *
   * @default {5_000}
   */
  readonly maxDelayMs?: number;
}

interface Registration {
  readonly schema: StandardSchema<unknown> | undefined;
  readonly handler: EventHandler;
}

/** What a handling has to be told. */
export interface EventHandlingOptions {
  readonly retry: Required<HandlerRetryOptions>;
  readonly logger: Logger;
  readonly identity: ConsumerIdentity;
  /** Sets a record aside, or `undefined` to try it for ever. */
  readonly setAside: ((letter: DeadLetter) => Promise<void>) | undefined;
}

/**
 * Takes a record through parsing, validation, handler and dead letter, one step
 * a call: what has to wait comes back later, and takes no place meanwhile.
 */
export class EventHandling {
  readonly #registrations = new Map<string, Registration>();
  readonly #ignored = new Set<string>();
  readonly #options: EventHandlingOptions;

  constructor(options: EventHandlingOptions) {
    this.#options = options;
  }

  register(
    eventType: string,
    handler: EventHandler,
    schema?: StandardSchema<unknown>,
  ): void {
    this.#registrations.set(eventType, { handler, schema });
  }

  /** Takes the work one step on. Never rejects. */
  handle(work: Work): Promise<Verdict> {
    if (!work.envelope && !work.failure) this.#read(work);
    const { envelope } = work;
    if (!envelope) return this.#step(work, {}, () => this.#setAside(work));
    const registration = this.#registrations.get(envelope.event_type);
    if (!registration) {
      this.#ignore(envelope, work);
      return Promise.resolve("done");
    }
    // Not the context of whoever started the consumer.
    const ids: EventContext = {
      correlationId: envelope.correlation_id,
      eventId: envelope.event_id,
      eventType: envelope.event_type,
      sourceService: envelope.source_service,
    };
    return this.#step(
      work,
      ids,
      (told) =>
        work.failure
          ? this.#setAside(work)
          : this.#attempt(work, envelope, registration, ids, told),
    );
  }

  /** Takes a step in the context of the event, and in its trace. */
  #step(
    work: Work,
    ids: EventContext,
    step: (told: ProcessTelemetry | undefined) => Promise<Verdict>,
  ): Promise<Verdict> {
    const origin = originTrace(work.record, work.envelope);
    const told = isProcessObserved() && work.setAsideFailures === 0
      ? new ProcessTelemetry(work, origin, this.#options.identity)
      : undefined;
    if (work.failure) told?.failed(work.failure.error);
    work.trace = told?.trace ?? work.trace;
    const trace = work.trace ?? origin;
    const fields = trace ? { ...ids, ...traceFields(trace) } : ids;
    const run = () => withFreshContext(fields, () => step(told), work);
    if (!told) return runInTrace(trace, run);
    return told.run(run).finally(() => told.end());
  }

  #read(work: Work): void {
    try {
      const { value } = work.record;
      if (value === null) {
        throw new EnvelopeError("", "is a tombstone, a record without a value");
      }
      work.envelope = parseEnvelope(value);
    } catch (error) {
      work.failure = { reason: "malformed", error };
    }
  }

  async #attempt(
    work: Work,
    envelope: EventEnvelope,
    { schema, handler }: Registration,
    ids: EventContext,
    told: ProcessTelemetry | undefined,
  ): Promise<Verdict> {
    if (schema && work.attempts === 0 && work.asked === 0) {
      try {
        envelope = work.envelope = await validateEnvelope(envelope, schema);
      } catch (error) {
        told?.failed(error);
        if (work.partition.signal.aborted) return "given_up";
        return await this.#fail(work, "invalid", error);
      }
    }
    const { retry, logger } = this.#options;
    try {
      const attempt = work.attempts + 1;
      const context = new DeliveryContext(work, attempt, ids, logger);
      const outcome: HandlerOutcome | void = await handler(envelope, context);
      told?.answered(outcome ?? "processed");
      if (outcome !== "in_progress") return "done";
      return again(work.asked++, ASK_AGAIN_BASE_MS, ASK_AGAIN_MAX_MS);
    } catch (error) {
      told?.failed(error);
      work.attempts++;
      if (work.partition.signal.aborted) return "given_up";
      if (isInstance(error, FatalEventError)) {
        return await this.#fail(work, "fatal", error);
      }
      if (this.#options.setAside && work.attempts >= retry.maxAttempts) {
        return await this.#fail(work, "exhausted", error);
      }
      logger.warn("Event handler failed; trying again", {
        ...work.whereabouts,
        attempt: work.attempts,
        error,
      });
      count("huleedu.consume.retries", this.#namesOf(work));
      return again(work.attempts - 1, retry.baseDelayMs, retry.maxDelayMs);
    }
  }

  async #fail(
    work: Work,
    reason: FailureReason,
    error: unknown,
  ): Promise<Verdict> {
    work.failure = { reason, error };
    return await this.#setAside(work);
  }

  async #setAside(work: Work): Promise<Verdict> {
    const { partition, record, envelope, attempts } = work;
    const { reason, error } = work.failure!;
    const { logger, setAside } = this.#options;
    const fields = { ...work.whereabouts, reason, attempts, error };
    if (!setAside) {
      logger.error("Event is dropped: there is no dead-letter topic", fields);
      return "done";
    }
    if (work.setAsideFailures === 0) logger.error("Event is set aside", fields);
    try {
      await setAside({ partition, record, envelope, reason, error, attempts });
      count("huleedu.consume.dead_letters", {
        ...this.#namesOf(work),
        "huleedu.reason": reason,
      });
      return "done";
    } catch (cause) {
      if (partition.closing.aborted) return "given_up";
      logger.error("Dead letter cannot be published; trying again", {
        ...work.whereabouts,
        error: cause,
      });
      return again(
        work.setAsideFailures++,
        SET_ASIDE_BASE_MS,
        SET_ASIDE_MAX_MS,
      );
    }
  }

  #namesOf(work: Work): Record<string, string | undefined> {
    return consumerNames(this.#options.identity, work.partition.topic);
  }

  #ignore(envelope: EventEnvelope, work: Work): void {
    const { event_type } = envelope;
    if (this.#ignored.has(event_type)) return;
    this.#ignored.add(event_type);
    this.#options.logger.warn(
      "Events of a type without a handler are passed over",
      { event_type, topic: work.partition.topic },
    );
  }
}

/** After a random part of a doubling delay. */
function again(nth: number, baseMs: number, maxMs: number): Verdict {
  const longest = Math.min(maxMs, baseMs * 2 ** nth);
  return { againInMs: longest * (0.5 + Math.random() / 2) };
}
