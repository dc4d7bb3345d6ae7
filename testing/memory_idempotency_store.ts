// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Clock,
  IdempotencyClaim,
  IdempotencyRecord,
  IdempotencyStore,
} from "../protocols.ts";
import { systemClock } from "../reliability/system_clock.ts";

/** Options of {@linkcode MemoryIdempotencyStore}. */
export interface MemoryIdempotencyStoreOptions {
  /**
   * Tells when leases and marks end, by its monotonic time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/** How often a {@linkcode MemoryIdempotencyStore} gave each answer. */
export interface IdempotencyCounts {
  /** Claims that were granted. */
  readonly claimed: number;
  /** Claims of a key that was handled already. */
  readonly duplicates: number;
  /** Claims of a key that another claim held. */
  readonly inProgress: number;
  /** Leases renewed. */
  readonly extended: number;
  /** Claims completed. */
  readonly completed: number;
  /** Claims given up. */
  readonly released: number;
  /** Calls with a token that did not own the key. */
  readonly refused: number;
}

interface Entry {
  readonly token: string;
  readonly record: IdempotencyRecord;
  completed: boolean;
  expiresAt: number;
}

/**
 * An idempotency store in memory, for tests: what the Redis one does, within
 * one process. Leases and marks end by the clock it is given.
 *
 * @example A lease that lapses
 * ```ts
 * import { ManualClock, MemoryIdempotencyStore } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = new ManualClock();
 * const store = new MemoryIdempotencyStore({ clock });
 * const record = {
 *   processedBy: "grading",
 *   eventId: "e-1",
 *   correlationId: "c-1",
 *   sourceService: "essays",
 * };
 * assertEquals((await store.claim("key", 30_000, record)).status, "claimed");
 * assertEquals((await store.claim("key", 30_000, record)).status, "in_progress");
 * await clock.advance(30_000);
 * assertEquals((await store.claim("key", 30_000, record)).status, "claimed");
 * ```
 */
export class MemoryIdempotencyStore implements IdempotencyStore {
  #clock: Clock;
  #entries = new Map<string, Entry>();
  #counts = {
    claimed: 0,
    duplicates: 0,
    inProgress: 0,
    extended: 0,
    completed: 0,
    released: 0,
    refused: 0,
  };

  /**
   * Makes an empty store.
   *
   * @param options The clock.
   */
  constructor(options: MemoryIdempotencyStoreOptions = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  /** How often each answer was given. A copy. */
  get counts(): IdempotencyCounts {
    return { ...this.#counts };
  }

  /**
   * What is known of a key.
   *
   * @param key The key.
   * @returns Its status, or `undefined` when it can be claimed.
   */
  status(key: string): "in_progress" | "completed" | undefined {
    const entry = this.#live(key);
    if (entry === undefined) return undefined;
    return entry.completed ? "completed" : "in_progress";
  }

  /**
   * What was recorded with the claim of a key.
   *
   * @param key The key.
   * @returns The record, or `undefined` when there is none.
   */
  record(key: string): IdempotencyRecord | undefined {
    return this.#live(key)?.record;
  }

  /** Forgets everything, as a server does that lost its data. */
  clear(): void {
    this.#entries.clear();
  }

  /**
   * Claims the key, or tells why it cannot be claimed.
   *
   * @param key The key.
   * @param leaseMs Milliseconds until the claim lapses.
   * @param record What to remember of the event.
   * @returns The claim's token, or the status of the key.
   * @throws {RangeError} If `leaseMs` is not a positive integer.
   */
  async claim(
    key: string,
    leaseMs: number,
    record: IdempotencyRecord,
  ): Promise<IdempotencyClaim> {
    requirePositive("claim", "leaseMs", leaseMs);
    await Promise.resolve();
    const status = this.status(key);
    if (status !== undefined) {
      this.#counts[status === "completed" ? "duplicates" : "inProgress"]++;
      return { status };
    }
    const token = crypto.randomUUID();
    this.#counts.claimed++;
    this.#entries.set(key, {
      token,
      record: { ...record },
      completed: false,
      expiresAt: this.#clock.monotonic() + leaseMs,
    });
    return { status: "claimed", token };
  }

  /**
   * Renews the lease of a claim.
   *
   * @param key The key.
   * @param token The token of the claim.
   * @param leaseMs Milliseconds from now until the claim lapses.
   * @returns Whether the claim was still held.
   * @throws {RangeError} If `leaseMs` is not a positive integer.
   */
  async extend(key: string, token: string, leaseMs: number): Promise<boolean> {
    requirePositive("extend", "leaseMs", leaseMs);
    await Promise.resolve();
    const entry = this.#owned(key, token);
    if (entry === undefined) return false;
    entry.expiresAt = this.#clock.monotonic() + leaseMs;
    this.#counts.extended++;
    return true;
  }

  /**
   * Marks the event as handled.
   *
   * @param key The key.
   * @param token The token of the claim.
   * @param ttlMs Milliseconds for which the mark lasts.
   * @returns Whether the claim was still held.
   * @throws {RangeError} If `ttlMs` is not a positive integer.
   */
  async complete(key: string, token: string, ttlMs: number): Promise<boolean> {
    requirePositive("complete", "ttlMs", ttlMs);
    await Promise.resolve();
    const entry = this.#owned(key, token);
    if (entry === undefined) return false;
    entry.completed = true;
    entry.expiresAt = this.#clock.monotonic() + ttlMs;
    this.#counts.completed++;
    return true;
  }

  /**
   * Gives the claim up.
   *
   * @param key The key.
   * @param token The token of the claim.
   * @returns Whether the claim was still held.
   */
  async release(key: string, token: string): Promise<boolean> {
    await Promise.resolve();
    if (this.#owned(key, token) === undefined) return false;
    this.#entries.delete(key);
    this.#counts.released++;
    return true;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#clock.monotonic()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #owned(key: string, token: string): Entry | undefined {
    const entry = this.#live(key);
    if (entry !== undefined && entry.token === token && !entry.completed) {
      return entry;
    }
    this.#counts.refused++;
    return undefined;
  }
}

function requirePositive(action: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new RangeError(
    `Cannot ${action} idempotency key: "${name}" must be a positive integer, ` +
      `received ${value}`,
  );
}
