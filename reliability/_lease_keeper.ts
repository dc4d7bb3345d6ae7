// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock, IdempotencyStore, Logger } from "../protocols.ts";
import type { Lease } from "./_lease.ts";

/** Given to a sleep that is not needed any more; cheaper than an error. */
const AWAKE = Symbol("awake");

/** What a keeper needs. */
export interface LeaseKeeperOptions {
  readonly store: IdempotencyStore;
  readonly leaseMs: number;
  readonly clock: Clock;
}

/**
 * Renews leases at a third of their time, and notices when one is lost. All
 * leases share one sleep: a handler that is done before its lease needs to be
 * renewed costs no timer.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #leases = new Map<Lease, () => Logger>();
  #nap = new AbortController();
  #isAwake = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Renews the lease from now on. */
  keep(lease: Lease, logger: () => Logger): void {
    this.#leases.set(lease, logger);
    if (!this.#isAwake) this.#watch();
  }

  /** Stops renewing the lease. */
  drop(lease: Lease): void {
    this.#leases.delete(lease);
    if (this.#leases.size === 0) this.#nap.abort(AWAKE);
  }

  async #watch(): Promise<void> {
    const { clock } = this.#options;
    this.#isAwake = true;
    while (this.#leases.size > 0) {
      // A lease that comes later is due later: all have the same length.
      const dueAt = this.#visit(clock.monotonic());
      if (this.#leases.size === 0) break;
      this.#nap = new AbortController();
      try {
        await clock.sleep(Math.max(0, dueAt - clock.monotonic()), {
          signal: this.#nap.signal,
        });
      } catch (error) {
        if (error !== AWAKE) this.#loseAll(error);
      }
    }
    this.#isAwake = false;
  }

  /** Does what is due, and says when something is due again. */
  #visit(now: number): number {
    let dueAt = Infinity;
    for (const [lease, logger] of this.#leases) {
      if (lease.endsAt <= now) {
        this.#lose(lease, "it could not be renewed in time");
        continue;
      }
      if (lease.renewAt <= now) this.#renew(lease, logger, now);
      dueAt = Math.min(dueAt, lease.endsAt, lease.renewAt);
    }
    return dueAt;
  }

  #renew(lease: Lease, logger: () => Logger, now: number): void {
    const { leaseMs } = this.#options;
    lease.renewAt = now + leaseMs / 3;
    // A handler that is told to end and does not must not keep the event from
    // the next owner for ever: it has one more lease.
    if (lease.stopping.aborted) {
      lease.stopAt = Math.min(lease.stopAt, now + leaseMs);
    }
    if (lease.isRenewing || now >= lease.stopAt) return;
    lease.isRenewing = true;
    this.#extend(lease, logger, now).finally(() => lease.isRenewing = false);
  }

  async #extend(
    lease: Lease,
    logger: () => Logger,
    askedAt: number,
  ): Promise<void> {
    const { store, leaseMs } = this.#options;
    try {
      if (await store.extend(lease.key, lease.token, leaseMs)) {
        lease.endsAt = askedAt + leaseMs;
      } else {
        this.#lose(lease, "it has passed to another worker or has lapsed");
      }
    } catch (error) {
      const { key } = lease;
      logger().warn("Cannot renew the lease of an event", { key, error });
    }
  }

  #lose(lease: Lease, reason: string, cause?: unknown): void {
    // One that was dropped meanwhile is nobody's concern.
    if (!this.#leases.has(lease)) return;
    lease.lose(reason, cause);
    this.drop(lease);
  }

  #loseAll(cause: unknown): void {
    for (const lease of [...this.#leases.keys()]) {
      this.#lose(lease, "its clock failed", cause);
    }
  }
}
