// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock } from "../protocols.ts";
import {
  historyState,
  parseEventId,
  readHistoryOptions,
  type UserHistoryOptions,
  type UserHistoryState,
  withEventId,
} from "../redis/user_history.ts";

interface Kept {
  readonly messages: string[];
  readonly expiresAt: number;
}

/** What each user was told last. */
export class MemoryUserHistory {
  readonly #clock: Clock;
  readonly #size: number;
  readonly #users = new Map<string, Kept>();
  readonly ttlMs: number;

  constructor(options: UserHistoryOptions, clock: Clock) {
    const { size, ttlMs } = readHistoryOptions(options);
    this.#clock = clock;
    this.#size = size;
    this.ttlMs = ttlMs;
  }

  /** Keeps a notification; the text with its id. */
  keep(userId: string, message: string): string {
    const { position } = this.#state(userId);
    const { series = 0, number = 0 } = parseEventId(position) ?? {};
    const kept = withEventId(message, `${series}-${number + 1}`);
    const messages = [...this.#messages(userId), kept].slice(-this.#size);
    const expiresAt = this.#clock.monotonic() + this.ttlMs;
    this.#users.set(userId, { messages, expiresAt });
    return kept;
  }

  /** What is kept for a user. */
  read(userId: string): Promise<UserHistoryState> {
    return Promise.resolve(this.#state(userId));
  }

  #state(userId: string): UserHistoryState {
    return historyState(this.#messages(userId), this.#clock.now());
  }

  #messages(userId: string): readonly string[] {
    const kept = this.#users.get(userId);
    if (kept === undefined) return [];
    if (this.#clock.monotonic() < kept.expiresAt) return kept.messages;
    this.#users.delete(userId);
    return [];
  }
}
