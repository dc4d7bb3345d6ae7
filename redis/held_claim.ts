// Copyright 2026 the HuleEdu authors. MIT license.

import type { AtomicRedisClient, RedisClaim } from "../protocols.ts";
import { positiveMs } from "./arguments.ts";
import { OutcomeUnknownError } from "./errors.ts";

/** What a {@linkcode HeldClaim} is made of. */
export interface HeldClaimOptions {
  readonly key: string;
  readonly token: string;
  readonly fence: number;
  /** Where the key is. */
  readonly client: Pick<
    AtomicRedisClient,
    "compareAndDelete" | "compareAndExpire"
  >;
}

/** A key that this caller holds. */
export class HeldClaim implements RedisClaim {
  readonly #options: HeldClaimOptions;
  #released: Promise<boolean | OutcomeUnknownError> | null = null;

  /**
   * Makes a claim of a key that holds the token.
   *
   * @param options The claim.
   */
  constructor(options: HeldClaimOptions) {
    this.#options = options;
  }

  /** The key. */
  get key(): string {
    return this.#options.key;
  }

  /** Names this holder. */
  get token(): string {
    return this.#options.token;
  }

  /** Grows with each claim of the key. */
  get fence(): number {
    return this.#options.fence;
  }

  /** Gives the claim `ms` more milliseconds from now. */
  async extend(ms: number): Promise<boolean> {
    const ttlMs = positiveMs("ms", ms);
    if (this.#released !== null) return false;
    const { key, token, client } = this.#options;
    return await client.compareAndExpire(key, token, ttlMs);
  }

  /** Releases the key. */
  async release(): Promise<boolean> {
    const released = await this.#release();
    if (typeof released === "boolean") return released;
    throw released;
  }

  /** Releases the key, whoever turns out to have freed it. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Not to know who freed the key is no reason to fail: it is free.
    await this.#release();
  }

  #release(): Promise<boolean | OutcomeUnknownError> {
    if (this.#released === null) {
      const attempt = this.#deleteOwn();
      this.#released = attempt;
      // The key is still ours, as far as anybody knows: it can be tried again.
      attempt.catch(() => this.#released = null);
    }
    return this.#released;
  }

  /** The error when the key is free, and it is not known by whose hand. */
  async #deleteOwn(): Promise<boolean | OutcomeUnknownError> {
    const { key, token, client } = this.#options;
    try {
      return await client.compareAndDelete(key, token);
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) throw error;
      return await client.compareAndDelete(key, token) || error;
    }
  }
}
