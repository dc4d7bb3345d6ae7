// Copyright 2026 the HuleEdu authors. MIT license.

import { setTimeout as delay } from "node:timers/promises";

import { type EventContext, withContext } from "../events/context.ts";
import type { EventEnvelope } from "../events/envelope.ts";
import { EnvelopeError } from "../events/envelope_error.ts";
import { parseEnvelope } from "../events/parse_envelope.ts";
import type { StandardSchema } from "../events/standard_schema.ts";
import { validateEnvelope } from "../events/validate_envelope.ts";
import type { EventHandler, HandlerOutcome, Logger } from "../protocols.ts";
import { DeliveryContext } from "./_delivery_context.ts";
import { FatalEventError } from "./errors.ts";
import type { DeadLetter } from "./_dead_letter.ts";
import type { Work } from "./_partition_work.ts";

const ASK_AGAIN_BASE_MS = 50;
const ASK_AGAIN_MAX_MS = 2_000;
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
  /** Sets a record aside, or `undefined` to try it for ever. */
  readonly setAside: ((letter: DeadLetter) => Promise<void>) | undefined;
}

/** Takes a record through parsing, validation, handler, retries and dead letter. */
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

  get eventTypes(): readonly string[] {
    return [...this.#registrations.keys()];
  }

  /** Handles one record; resolves with whether it is done. Never rejects. */
  handle(work: Work): Promise<boolean> {
    const { value } = work.record;
    let envelope: EventEnvelope;
    try {
      if (value === null) {
        throw new EnvelopeError("", "is a tombstone, a record without a value");
      }
      envelope = parseEnvelope(value);
    } catch (error) {
      return this.#setAside(work, error, 0);
    }
    const registration = this.#registrations.get(envelope.event_type);
    if (!registration) {
      this.#ignore(envelope, work);
      return Promise.resolve(true);
    }
    const ids: EventContext = {
      correlationId: envelope.correlation_id,
      eventId: envelope.event_id,
      eventType: envelope.event_type,
      sourceService: envelope.source_service,
    };
    return withContext(
      ids,
      () => this.#handleEvent(registration, envelope, work, ids),
    );
  }

  async #handleEvent(
    { schema, handler }: Registration,
    envelope: EventEnvelope,
    work: Work,
    ids: EventContext,
  ): Promise<boolean> {
    const { logger } = this.#options;
    let attempt = 0;
    try {
      const valid = schema
        ? await validateEnvelope(envelope, schema)
        : envelope;
      const call = (nth: number) =>
        handler(valid, new DeliveryContext(work, attempt = nth, ids, logger));
      return await this.#attempt(call, work);
    } catch (error) {
      if (work.partition.signal.aborted) return false;
      return await this.#setAside(work, error, attempt);
    }
  }

  /** Calls the handler until it is done with the event, or out of attempts. */
  async #attempt(
    call: (nth: number) => Promise<HandlerOutcome | void>,
    work: Work,
  ): Promise<boolean> {
    const { signal, closing } = work.partition;
    const { maxAttempts, baseDelayMs, maxDelayMs } = this.#options.retry;
    let asked = 0;
    for (let nth = 1; !closing.aborted;) {
      try {
        const outcome = await call(nth);
        if (outcome !== "in_progress") return true;
        await pause(asked++, ASK_AGAIN_BASE_MS, ASK_AGAIN_MAX_MS, closing);
      } catch (error) {
        if (signal.aborted) return false;
        const isLast = this.#options.setAside && nth >= maxAttempts;
        if (isLast || error instanceof FatalEventError) throw error;
        this.#options.logger.warn("Event handler failed; trying again", {
          ...whereabouts(work),
          attempt: nth,
          error,
        });
        await pause(nth - 1, baseDelayMs, maxDelayMs, closing);
        nth++;
      }
    }
    return false;
  }

  /** Dead-letters the record, however long that takes. */
  async #setAside(
    work: Work,
    error: unknown,
    attempts: number,
  ): Promise<boolean> {
    const { closing, topic, partition } = work.partition;
    const { logger, setAside } = this.#options;
    logger.error("Event is set aside", {
      ...whereabouts(work),
      attempts,
      error,
    });
    for (let failures = 0; setAside; failures++) {
      try {
        await setAside({
          topic,
          partition,
          record: work.record,
          error,
          attempts,
        });
        return true;
      } catch (cause) {
        if (closing.aborted) return false;
        logger.error("Dead letter cannot be published; trying again", {
          ...whereabouts(work),
          error: cause,
        });
      }
      await pause(failures, ASK_AGAIN_BASE_MS, SET_ASIDE_MAX_MS, closing);
      if (closing.aborted) return false;
    }
    // Without a dead-letter topic, what can never be handled is only logged.
    return true;
  }

  #ignore(envelope: EventEnvelope, work: Work): void {
    if (this.#ignored.has(envelope.event_type)) return;
    this.#ignored.add(envelope.event_type);
    this.#options.logger.warn(
      "Events of a type without a handler are passed over",
      {
        event_type: envelope.event_type,
        topic: work.partition.topic,
      },
    );
  }
}

/** Waits a random part of a doubling delay. Ends early when aborted. */
async function pause(
  nth: number,
  baseMs: number,
  maxMs: number,
  signal: AbortSignal,
): Promise<void> {
  const longest = Math.min(maxMs, baseMs * 2 ** nth);
  const ms = longest * (0.5 + Math.random() / 2);
  await delay(ms, undefined, { signal }).catch(() => {});
}

function whereabouts(work: Work): Record<string, unknown> {
  const { topic, partition } = work.partition;
  return { topic, partition, offset: work.record.offset };
}
