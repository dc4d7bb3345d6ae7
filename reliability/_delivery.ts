// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Clock,
  EventEnvelope,
  EventHandler,
  HandlerContext,
  HandlerOutcome,
  IdempotencyClaim,
  IdempotencyStore,
  Logger,
} from "../protocols.ts";
import { IdempotencyStoreError, LeaseLostError, RetryError } from "./errors.ts";
import { Lease } from "./_lease.ts";
import { retry } from "./retry.ts";

const COMPLETE_ATTEMPTS = 3;

/** What a delivery is handled with. */
export interface DeliveryOptions {
  readonly store: IdempotencyStore;
  readonly serviceName: string;
  readonly key: string;
  readonly leaseMs: number;
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One delivery of an event to an idempotent handler. */
export class Delivery<T> {
  #envelope: EventEnvelope<T>;
  #context: HandlerContext;
  #options: DeliveryOptions;

  constructor(
    envelope: EventEnvelope<T>,
    context: HandlerContext,
    options: DeliveryOptions,
  ) {
    this.#envelope = envelope;
    this.#context = context;
    this.#options = options;
  }

  /** Claims the event; rejects with an `IdempotencyStoreError`. */
  async claim(): Promise<IdempotencyClaim> {
    const { store, serviceName, key, leaseMs } = this.#options;
    const { event_id, correlation_id, source_service } = this.#envelope;
    try {
      return await store.claim(key, leaseMs, {
        processedBy: serviceName,
        eventId: event_id,
        correlationId: correlation_id,
        sourceService: source_service,
      });
    } catch (cause) {
      throw new IdempotencyStoreError({
        phase: "claim",
        ...this.#facts(cause),
      });
    }
  }

  /** Handles the event under a claim, and settles the claim. */
  async handle(
    handler: EventHandler<T>,
    token: string,
    claimedAt: number,
  ): Promise<HandlerOutcome> {
    const lease = new Lease({
      ...this.#options,
      token,
      claimedAt,
      eventId: this.#envelope.event_id,
      stopping: this.#context.signal,
    });
    try {
      const outcome = await this.#runOrRelease(handler, token, lease);
      if (outcome === "in_progress") await this.#release(token);
      else await this.#complete(token, lease.signal);
      return outcome;
    } finally {
      lease.end();
    }
  }

  async #runOrRelease(
    handler: EventHandler<T>,
    token: string,
    lease: Lease,
  ): Promise<HandlerOutcome> {
    try {
      this.#context.signal.throwIfAborted();
      return await this.#run(handler, lease.signal) ?? "processed";
    } catch (error) {
      if (!lease.signal.aborted) {
        await this.#release(token);
        throw error;
      }
      if (error !== lease.signal.reason) {
        const { key, logger } = this.#options;
        logger.warn("Handler failed after its lease was lost", { key, error });
      }
      throw lease.signal.reason;
    }
  }

  // By hand, since `AbortSignal.any` on a signal that outlives the delivery
  // holds memory in Node 20.
  async #run(
    handler: EventHandler<T>,
    lost: AbortSignal,
  ): Promise<HandlerOutcome | void> {
    const work = new AbortController();
    const sources = [this.#context.signal, lost];
    function abort(this: AbortSignal): void {
      work.abort(this.reason);
    }
    for (const source of sources) source.addEventListener("abort", abort);
    try {
      return await handler(this.#envelope, this.#contextWith(work.signal));
    } finally {
      for (const source of sources) source.removeEventListener("abort", abort);
    }
  }

  // Field by field: a spread would lose what a class keeps in getters.
  #contextWith(signal: AbortSignal): HandlerContext {
    const { attempt, topic, partition, offset, key, headers, logger } =
      this.#context;
    return { signal, attempt, topic, partition, offset, key, headers, logger };
  }

  async #complete(token: string, lost: AbortSignal): Promise<void> {
    const { store, key, leaseMs, ttlMs, clock } = this.#options;
    let done: boolean;
    try {
      done = await retry(() => store.complete(key, token, ttlMs), {
        maxAttempts: COMPLETE_ATTEMPTS,
        baseDelayMs: leaseMs / 20,
        maxDelayMs: leaseMs / 10,
        signal: lost,
        clock,
      });
    } catch (error) {
      if (!(error instanceof RetryError)) throw error;
      throw new IdempotencyStoreError({
        phase: "complete",
        ...this.#facts(error.cause),
      });
    }
    if (done) return;
    throw new LeaseLostError(
      "it was not ours any more when the handler had finished",
      this.#facts(),
    );
  }

  async #release(token: string): Promise<void> {
    const { store, key, logger } = this.#options;
    try {
      await store.release(key, token);
    } catch (error) {
      logger.warn(
        "Cannot give up the claim of an event before its lease ends",
        {
          key,
          error,
        },
      );
    }
  }

  #facts(cause?: unknown): { key: string; eventId: string; cause?: unknown } {
    const { key } = this.#options;
    const eventId = this.#envelope.event_id;
    return cause === undefined ? { key, eventId } : { key, eventId, cause };
  }
}
