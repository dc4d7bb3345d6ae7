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
import {
  idempotencyTtlMs,
  type IdempotencyTtlOptions,
} from "./idempotency_ttl.ts";
import { Lease } from "./_lease.ts";
import type { LeaseKeeper } from "./_lease_keeper.ts";
import { LeasedContext } from "./_leased_context.ts";
import { retry } from "./retry.ts";

const COMPLETE_ATTEMPTS = 3;

/** What deliveries are handled with. */
export interface DeliveryOptions extends IdempotencyTtlOptions {
  readonly store: IdempotencyStore;
  readonly serviceName: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly keeper: LeaseKeeper;
  readonly logger?: Logger;
}

/** One delivery of an event to an idempotent handler. */
export class Delivery<T> {
  readonly #envelope: EventEnvelope<T>;
  readonly #context: HandlerContext;
  readonly #key: string;
  readonly #options: DeliveryOptions;

  constructor(
    envelope: EventEnvelope<T>,
    context: HandlerContext,
    key: string,
    options: DeliveryOptions,
  ) {
    this.#envelope = envelope;
    this.#context = context;
    this.#key = key;
    this.#options = options;
  }

  get logger(): Logger {
    // A context makes its logger when it is asked for one.
    return this.#options.logger ?? this.#context.logger;
  }

  /** Claims the event; rejects with an `IdempotencyStoreError`. */
  async claim(): Promise<IdempotencyClaim> {
    const { store, serviceName, leaseMs } = this.#options;
    const { event_id, correlation_id, source_service } = this.#envelope;
    try {
      return await store.claim(this.#key, leaseMs, {
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
    const { leaseMs, keeper } = this.#options;
    const lease = new Lease({
      key: this.#key,
      token,
      leaseMs,
      claimedAt,
      eventId: this.#envelope.event_id,
      stopping: this.#context.signal,
    });
    keeper.keep(lease, () => this.logger);
    try {
      const outcome = await this.#runOrRelease(handler, lease);
      if (outcome === "in_progress") await this.#release(token);
      else await this.#complete(lease);
      return outcome;
    } finally {
      keeper.drop(lease);
    }
  }

  async #runOrRelease(
    handler: EventHandler<T>,
    lease: Lease,
  ): Promise<HandlerOutcome> {
    const context = new LeasedContext(this.#context, lease);
    try {
      this.#context.signal.throwIfAborted();
      return await handler(this.#envelope, context) ?? "processed";
    } catch (error) {
      if (!lease.lost) {
        await this.#release(lease.token);
        throw error;
      }
      if (error !== lease.lost) {
        this.logger.warn("Handler failed after its lease was lost", {
          key: this.#key,
          error,
        });
      }
      throw lease.lost;
    } finally {
      context.release();
    }
  }

  async #complete(lease: Lease): Promise<void> {
    if (lease.lost) throw lease.lost;
    const { store } = this.#options;
    const ttlMs = idempotencyTtlMs(this.#envelope.event_type, this.#options);
    const complete = () => store.complete(this.#key, lease.token, ttlMs);
    let done: boolean;
    try {
      done = await complete();
    } catch {
      done = await this.#completeAgain(complete, lease);
    }
    if (done) return;
    throw new LeaseLostError(
      "it was not ours any more when the handler had finished",
      this.#facts(),
    );
  }

  /** The store failed once; it has two more chances, while the lease holds. */
  async #completeAgain(
    complete: () => Promise<boolean>,
    lease: Lease,
  ): Promise<boolean> {
    const { leaseMs, clock } = this.#options;
    const baseDelayMs = leaseMs / 20;
    try {
      await clock.sleep(Math.random() * baseDelayMs, { signal: lease.signal });
      return await retry(complete, {
        maxAttempts: COMPLETE_ATTEMPTS - 1,
        baseDelayMs: baseDelayMs * 2,
        maxDelayMs: leaseMs / 10,
        signal: lease.signal,
        clock,
      });
    } catch (error) {
      if (!(error instanceof RetryError)) throw error;
      throw new IdempotencyStoreError({
        phase: "complete",
        ...this.#facts(error.cause),
      });
    }
  }

  async #release(token: string): Promise<void> {
    const { store } = this.#options;
    const key = this.#key;
    try {
      await store.release(key, token);
    } catch (error) {
      this.logger.warn(
        "Cannot give up the claim of an event before its lease ends",
        { key, error },
      );
    }
  }

  #facts(cause?: unknown): { key: string; eventId: string; cause?: unknown } {
    const key = this.#key;
    const eventId = this.#envelope.event_id;
    return cause === undefined ? { key, eventId } : { key, eventId, cause };
  }
}
