// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  PubSubGap,
  PubSubMessage,
  UserSubscription,
} from "../protocols.ts";
import type { BufferedSubscription } from "./buffered_subscription.ts";
import {
  type EventId,
  eventIdOf,
  missedSince,
  parseEventId,
  type UserHistoryState,
} from "./user_history.ts";

/** What a {@linkcode RecoveringSubscription} works with. */
export interface RecoveringSubscriptionOptions {
  /** The channel of the user, already subscribed to. */
  readonly subscription: BufferedSubscription;
  /** Reads the user's history. */
  readonly read: () => Promise<UserHistoryState>;
  /** How long the history is kept. */
  readonly ttlMs: number;
  /** Ends it, as it ends the subscription to the channel. */
  readonly signal?: AbortSignal | undefined;
}

type Result = IteratorResult<PubSubMessage, undefined>;

interface Held {
  readonly item: PubSubMessage;
  /** The id to tell from then on, where it is not the item's. */
  readonly position?: string;
}

const DONE: Result = { done: true, value: undefined };

/** Comes before every id that was ever given. */
const UNKNOWN = "0-0";

/**
 * What one user is told, with each notification once and in order. What a gap
 * has swallowed comes from the history.
 */
export class RecoveringSubscription implements UserSubscription {
  readonly #subscription: BufferedSubscription;
  readonly #iterator: AsyncIterator<PubSubMessage, undefined>;
  readonly #read: () => Promise<UserHistoryState>;
  readonly #ttlMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #held: Held[] = [];
  /** The id up to which everything was held or handed on. */
  #last = "";
  /** The id up to which everything was handed on. */
  #handedOn = "";
  /** Whether somebody publishes without a history. */
  #hasStrangers = false;
  #ended = false;
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Makes a subscription that has to be begun yet.
   *
   * @param options The channel, and its history.
   */
  constructor(options: RecoveringSubscriptionOptions) {
    const { subscription, read, ttlMs, signal } = options;
    this.#subscription = subscription;
    this.#iterator = subscription[Symbol.asyncIterator]();
    this.#read = read;
    this.#ttlMs = ttlMs;
    this.#signal = signal;
  }

  /**
   * Begins.
   *
   * @param lastEventId What comes after it is received; where it is empty, what
   * comes from now on.
   * @returns This.
   */
  async begin(lastEventId: string): Promise<this> {
    const state = await this.#read();
    if (lastEventId === "") {
      this.#last = this.#handedOn = this.#endOf(state, this.#firstAtHand());
      return this;
    }
    const isId = parseEventId(lastEventId) !== null;
    this.#last = this.#handedOn = isId ? lastEventId : UNKNOWN;
    this.#recover(state, null, this.#firstAtHand());
    return this;
  }

  /** The channel of the user. */
  get channels(): readonly string[] {
    return this.#subscription.channels;
  }

  /** Messages dropped so far; those that came back later count too. */
  get dropped(): number {
    return this.#subscription.dropped;
  }

  /** The id of what was received last, or where the subscription began. */
  get lastEventId(): string {
    return this.#handedOn;
  }

  /** Ends at once, and forgets what is held. */
  async unsubscribe(): Promise<void> {
    this.#ended = true;
    this.#held.length = 0;
    await this.#subscription.unsubscribe();
  }

  /** The same as `unsubscribe()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /** Iterates over the notifications; leaving the loop ends the subscription. */
  [Symbol.asyncIterator](): AsyncIterator<PubSubMessage, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        await this.unsubscribe();
        return DONE;
      },
    };
  }

  #next(): Promise<Result> {
    const turn = this.#turn.then(() => this.#step());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #step(): Promise<Result> {
    for (;;) {
      if (this.#ended || this.#signal?.aborted) return DONE;
      const held = this.#held.shift();
      if (held !== undefined) {
        this.#handedOn = held.item.id ?? held.position ?? this.#handedOn;
        return { done: false, value: held.item };
      }
      const result = await this.#iterator.next();
      if (result.done) return DONE;
      await this.#take(result.value);
    }
  }

  async #take(item: PubSubMessage): Promise<void> {
    if (item.gap !== undefined) {
      await this.#fill(item.gap);
      return;
    }
    const id = eventIdOf(item.message);
    if (id === undefined) {
      this.#hasStrangers = true;
      this.#held.push({ item });
      return;
    }
    const last = parseEventId(this.#last);
    const { series, number } = parseEventId(id) as EventId;
    const before = last?.series === series ? last.number : 0;
    // It has come from the history already.
    if (number <= before) return;
    if (number > before + 1) await this.#fill(null, id);
    this.#last = id;
    this.#held.push({ item: { ...item, id } });
  }

  /** Fetches what is missing, up to an id or up to what is at hand. */
  async #fill(gap: PubSubGap | null, before?: string): Promise<void> {
    try {
      const state = await this.#read();
      this.#recover(state, gap, before ?? this.#firstAtHand());
    } catch {
      // Where nothing is at hand, what comes next shows how much is missing.
      this.#mark(gap ?? { reason: "history" });
    }
  }

  #recover(
    state: UserHistoryState,
    gap: PubSubGap | null,
    before: string | undefined,
  ): void {
    const { missed, complete } = missedSince(state, {
      last: this.#last,
      before,
      ttlMs: this.#ttlMs,
    });
    this.#last = this.#endOf(state, before);
    const position = missed.length === 0 ? { position: this.#last } : {};
    if (!complete) this.#mark({ reason: "history" }, position);
    else if (gap !== null && this.#hasStrangers) this.#mark(gap, position);
    else if (missed.length === 0) this.#handedOn = this.#last;
    const [channel = ""] = this.channels;
    for (const { id, message } of missed) {
      this.#held.push({ item: { channel, message, id } });
    }
  }

  /** The id up to which a history tells all, or that before what is at hand. */
  #endOf({ position }: UserHistoryState, before: string | undefined): string {
    const next = before === undefined ? null : parseEventId(before);
    return next === null ? position : `${next.series}-${next.number - 1}`;
  }

  #firstAtHand(): string | undefined {
    return this.#subscription.find(({ message }) => eventIdOf(message));
  }

  #mark(gap: PubSubGap, position: { readonly position?: string } = {}): void {
    const [channel = ""] = this.channels;
    this.#held.push({ item: { channel, message: "", gap }, ...position });
  }
}
