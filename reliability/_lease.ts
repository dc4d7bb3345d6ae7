// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock, IdempotencyStore, Logger } from "../protocols.ts";
import { LeaseLostError } from "./errors.ts";

/** What a lease needs to stay alive. */
export interface LeaseOptions {
  readonly store: IdempotencyStore;
  readonly key: string;
  readonly token: string;
  readonly eventId: string;
  readonly leaseMs: number;
  /** When the claim was asked for, on the monotonic clock. */
  readonly claimedAt: number;
  /** Tells the handler to end. */
  readonly stopping: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Renews a claim at a third of its lease until it is ended or lost.
 *
 * The lease is reckoned from the moment its last renewal was asked for, on the
 * monotonic clock, and so never outlives the store's.
 */
export class Lease {
  #options: LeaseOptions;
  #endsAt: number;
  #ended = new AbortController();
  #lost = new AbortController();

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#endsAt = options.claimedAt + options.leaseMs;
    this.#run(() => this.#renew());
    this.#run(() => this.#watch());
  }

  /** Aborted with a {@linkcode LeaseLostError} when the lease is lost. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Stops renewing. */
  end(): void {
    this.#ended.abort();
  }

  async #run(loop: () => Promise<void>): Promise<void> {
    try {
      await loop();
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#lose("its clock failed", error);
    }
  }

  async #renew(): Promise<void> {
    const { store, key, token, leaseMs, clock, logger } = this.#options;
    const { signal } = this.#ended;
    let stopAt = Infinity;
    while (!signal.aborted) {
      await clock.sleep(leaseMs / 3, { signal });
      const askedAt = clock.monotonic();
      // A handler that is told to end and does not must not keep the event from
      // the next owner for ever: it has one more lease.
      if (this.#options.stopping.aborted) {
        stopAt = Math.min(stopAt, askedAt + leaseMs);
      }
      if (askedAt >= stopAt) return;
      try {
        const kept = await store.extend(key, token, leaseMs);
        if (kept) this.#endsAt = askedAt + leaseMs;
        else this.#lose("it has passed to another worker or has lapsed");
      } catch (error) {
        logger.warn("Cannot renew the lease of an event", { key, error });
      }
    }
  }

  // Apart from the renewals, so that one that never answers is noticed too.
  async #watch(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const leftMs = this.#endsAt - clock.monotonic();
      if (leftMs <= 0) this.#lose("it could not be renewed in time");
      else await clock.sleep(leftMs, { signal });
    }
  }

  #lose(reason: string, cause?: unknown): void {
    if (this.#ended.signal.aborted) return;
    const { key, eventId } = this.#options;
    const facts = cause === undefined
      ? { key, eventId }
      : { key, eventId, cause };
    this.#lost.abort(new LeaseLostError(reason, facts));
    this.#ended.abort();
  }
}
