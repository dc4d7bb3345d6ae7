// Copyright 2026 the HuleEdu authors. MIT license.

import { LeaseLostError } from "./errors.ts";

/** What a lease is of. */
export interface LeaseOptions {
  readonly key: string;
  readonly token: string;
  readonly eventId: string;
  readonly leaseMs: number;
  /** When the claim was asked for, on the monotonic clock. */
  readonly claimedAt: number;
  /** Tells the handler to end. */
  readonly stopping: AbortSignal;
}

/** The time for which an event is ours. A `LeaseKeeper` renews it. */
export class Lease {
  readonly key: string;
  readonly token: string;
  readonly eventId: string;
  readonly stopping: AbortSignal;
  /** When it is over, on the monotonic clock, unless it is renewed. */
  endsAt: number;
  /** When to renew it. */
  renewAt: number;
  isRenewing = false;
  /** When it is not renewed any more. */
  stopAt = Infinity;
  #lost: LeaseLostError | undefined;
  #controller: AbortController | undefined;

  constructor(options: LeaseOptions) {
    this.key = options.key;
    this.token = options.token;
    this.eventId = options.eventId;
    this.stopping = options.stopping;
    this.endsAt = options.claimedAt + options.leaseMs;
    this.renewAt = options.claimedAt + options.leaseMs / 3;
  }

  /** Why it is lost; `undefined` while it is not. */
  get lost(): LeaseLostError | undefined {
    return this.#lost;
  }

  /** Aborted with a {@linkcode LeaseLostError} when the lease is lost. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#lost) this.#controller.abort(this.#lost);
    }
    return this.#controller.signal;
  }

  lose(reason: string, cause?: unknown): void {
    if (this.#lost) return;
    const { key, eventId } = this;
    const facts = cause === undefined
      ? { key, eventId }
      : { key, eventId, cause };
    this.#lost = new LeaseLostError(reason, facts);
    this.#controller?.abort(this.#lost);
  }
}
