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
import type { LeaseKeeper } from "./_lease_keeper.ts";
import { LeasedContext } from "./_leased_context.ts";
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
  readonly keeper: LeaseKeeper;
  readonly logger: () => Logger;
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

  get logger(): Logger {
    return this.#options.logger();
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
    const { key, leaseMs, keeper, logger } = this.#options;
    const lease = new Lease({
      key,
      token,
      leaseMs,
      claimedAt,
      eventId: this.#envelope.event_id,
      stopping: this.#context.signal,
    });
    keeper.keep(lease, logger);
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
        const { key } = this.#options;
        this.logger.warn("Handler failed after its lease was lost", {
          key,
          error,
        });
      }
      throw lease.lost;
    } finally {
      context.release();
    }
  }

  async #complete(lease: Lease): Promise<void> {
    const { store, key, ttlMs } = this.#options;
    if (lease.lost) throw lease.lost;
    const complete = () => store.complete(key, lease.token, ttlMs);
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
    const { store, key } = this.#options;
    try {
      await store.release(key, token);
    } catch (error) {
      this.logger.warn(
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
