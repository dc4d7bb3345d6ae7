// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  AtomicRedisClient,
  Clock,
  IdempotencyClaim,
  IdempotencyRecord,
  IdempotencyStore,
} from "../protocols.ts";
import { positiveMs, text } from "./arguments.ts";
import {
  claimDetails,
  completedValue,
  isStale,
  processingValue,
  readValue,
  STALE_MS,
} from "./_idempotency_value.ts";
import { OutcomeUnknownError } from "./errors.ts";

/** Options of {@linkcode RedisIdempotencyStore}. */
export interface RedisIdempotencyStoreOptions {
  /**
   * Tells when an event was begun and completed.
   *
   * @default the system's clock
   */
  readonly clock?: Pick<Clock, "now">;
}

/** What this process knows of a claim of its own. */
interface Held {
  /** What the key holds. */
  readonly value: string;
  readonly renewedAt: number;
  readonly startedAt: number;
  /** What is the same in each value of the claim. */
  readonly details: string;
}

/** How often a key that changes under our hands is looked at again. */
const MAX_LOOKS = 8;

/**
 * Remembers in Redis which events were handled, in the form of the Python
 * services' `idempotency_v2.py`, so that both can share a key.
 *
 * Each claim writes a token of its own, and each later step is applied only
 * while the key still holds it. When a reply is lost, the token in Redis tells
 * what became of the step.
 *
 * @example A claim, and the same event again
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RedisIdempotencyStore } from "@huleedu/service-libs/redis";
 * import { MemoryRedis } from "@huleedu/service-libs/testing";
 *
 * await using redis = await MemoryRedis.connect();
 * const store = new RedisIdempotencyStore(redis);
 * const record = {
 *   processedBy: "essays",
 *   eventId: "e1",
 *   correlationId: "c1",
 *   sourceService: "files",
 * };
 *
 * const claim = await store.claim("key", 30_000, record);
 * assertEquals((await store.claim("key", 30_000, record)).status, "in_progress");
 * if (claim.status === "claimed") {
 *   assertEquals(await store.complete("key", claim.token, 86_400_000), true);
 * }
 * assertEquals((await store.claim("key", 30_000, record)).status, "completed");
 * ```
 */
export class RedisIdempotencyStore implements IdempotencyStore {
  readonly #redis: AtomicRedisClient;
  readonly #clock: Pick<Clock, "now">;
  readonly #held = new Map<string, Held>();
  /** Tokens are this and a number: a random one each costs more. */
  readonly #tokenStart = crypto.randomUUID().slice(0, 24);
  #claims = 0;

  /**
   * Makes a store.
   *
   * @param redis Where keys are kept; started and stopped by its owner.
   * @param options The clock.
   */
  constructor(
    redis: AtomicRedisClient,
    options: RedisIdempotencyStoreOptions = {},
  ) {
    this.#redis = redis;
    this.#clock = options.clock ?? Date;
  }

  /**
   * Claims a key for `leaseMs`.
   *
   * @param key The key.
   * @param leaseMs How long the claim lasts unless it is renewed.
   * @param record What is written about the event.
   * @returns The token of the claim, or why there is none.
   * @throws {RedisConnectionError} If Redis cannot be reached.
   */
  async claim(
    key: string,
    leaseMs: number,
    record: IdempotencyRecord,
  ): Promise<IdempotencyClaim> {
    const ttlMs = positiveMs("leaseMs", leaseMs);
    const token = this.#tokenStart +
      (++this.#claims).toString(16).padStart(12, "0");
    const startedAt = this.#clock.now();
    const details = claimDetails(token, record);
    const value = processingValue(startedAt, details);
    const held = { value, startedAt, renewedAt: startedAt, details };
    try {
      if (await this.#redis.setIfNotExists(key, value, { ttlMs })) {
        return this.#hold(token, held);
      }
    } catch (error) {
      requireUnknown(error);
    }
    return await this.#contend(key, token, held, ttlMs);
  }

  /**
   * Renews a claim.
   *
   * @param key The key.
   * @param token The claim's token.
   * @param leaseMs How long it lasts from now.
   * @returns Whether the claim still holds.
   */
  async extend(key: string, token: string, leaseMs: number): Promise<boolean> {
    const ttlMs = positiveMs("leaseMs", leaseMs);
    const now = this.#clock.now();
    const held = this.#held.get(text("token", token));
    // Python takes a start of five minutes ago for a crash: it is told of a
    // newer one in time.
    let holds: boolean;
    if (held !== undefined && now - held.renewedAt < STALE_MS / 2) {
      holds = await this.#redis.compareAndExpire(key, held.value, ttlMs);
    } else {
      const known = held ?? await this.#read(key, token);
      if (known === null) return false;
      const value = processingValue(now, known.details);
      holds = await this.#replace(key, token, known.value, value, ttlMs);
      this.#held.set(token, { ...known, value, renewedAt: now });
    }
    if (!holds) this.#held.delete(token);
    return holds;
  }

  /**
   * Marks the event as handled.
   *
   * @param key The key.
   * @param token The claim's token.
   * @param ttlMs How long it is remembered.
   * @returns Whether the claim still held, and the event is marked now.
   */
  async complete(key: string, token: string, ttlMs: number): Promise<boolean> {
    positiveMs("ttlMs", ttlMs);
    const held = this.#letGo(token) ?? await this.#read(key, token);
    if (held === null) return false;
    const { startedAt, details } = held;
    const value = completedValue(startedAt, this.#clock.now(), details);
    return await this.#replace(key, token, held.value, value, ttlMs);
  }

  /**
   * Gives a claim up, so that the event can be handled again.
   *
   * @param key The key.
   * @param token The claim's token.
   * @returns Whether the claim still held.
   * @throws {OutcomeUnknownError} If the claim is gone, and it is not known
   * whether it was given up or had run out.
   */
  async release(key: string, token: string): Promise<boolean> {
    const held = this.#letGo(token) ?? await this.#read(key, token);
    if (held === null) return false;
    try {
      return await this.#redis.compareAndDelete(key, held.value);
    } catch (error) {
      requireUnknown(error);
      if (await this.#redis.compareAndDelete(key, held.value)) return true;
      throw error;
    }
  }

  /** Takes a key that is not known to be ours, or says whose it is. */
  async #contend(
    key: string,
    token: string,
    held: Held,
    ttlMs: number,
  ): Promise<IdempotencyClaim> {
    const { value } = held;
    for (let look = 0; look < MAX_LOOKS; look++) {
      const found = await this.#redis.get(key);
      if (found === value) return this.#hold(token, held);
      if (found === null) {
        const isSet = this.#redis.setIfNotExists(key, value, { ttlMs });
        if (await isDone(isSet)) return this.#hold(token, held);
        continue;
      }
      const stored = readValue(found);
      if (!isStale(stored, this.#clock.now())) return { status: stored.status };
      const isTaken = this.#redis.compareAndSet(key, found, value, { ttlMs });
      if (await isDone(isTaken)) return this.#hold(token, held);
    }
    return { status: "in_progress" };
  }

  #hold(token: string, held: Held): IdempotencyClaim {
    this.#held.set(token, held);
    return { status: "claimed", token };
  }

  /** What is known of a claim, which is forgotten here. */
  #letGo(token: string): Held | undefined {
    const held = this.#held.get(text("token", token));
    if (held !== undefined) this.#held.delete(token);
    return held;
  }

  /** The claim as it is in Redis; `null` when the token does not own it. */
  async #read(key: string, token: string): Promise<Held | null> {
    const value = await this.#redis.get(key);
    if (value === null) return null;
    const { status, token: owner, startedAt, record } = readValue(value);
    if (status !== "in_progress" || owner !== token) return null;
    const at = startedAt ?? this.#clock.now();
    const details = claimDetails(token, record);
    return { value, startedAt: at, renewedAt: at, details };
  }

  /** Writes a value in place of the claim's, whatever replies are lost. */
  async #replace(
    key: string,
    token: string,
    expected: string,
    value: string,
    ttlMs: number,
  ): Promise<boolean> {
    for (let look = 0; look < MAX_LOOKS; look++) {
      try {
        if (await this.#redis.compareAndSet(key, expected, value, { ttlMs })) {
          return true;
        }
      } catch (error) {
        requireUnknown(error);
      }
      const found = await this.#redis.get(key);
      if (found === value) return true;
      if (found === null || readValue(found).token !== token) return false;
      expected = found;
    }
    return false;
  }
}

/** Whether a step was done; `false` also where a look has to tell. */
async function isDone(step: Promise<boolean>): Promise<boolean> {
  try {
    return await step;
  } catch (error) {
    requireUnknown(error);
    return false;
  }
}

/** Passes anything on but an outcome that a look can tell. */
function requireUnknown(error: unknown): void {
  if (!(error instanceof OutcomeUnknownError)) throw error;
}
