// Copyright 2026 the HuleEdu authors. MIT license.

import { count } from "../events/metrics.ts";
import type {
  PubSubGap,
  PubSubMessage,
  SubscribeOptions,
  UserSubscription,
} from "../protocols.ts";
import { kindOf, positiveInteger } from "./arguments.ts";
import { SubscriptionOverflowError } from "./errors.ts";

/** What a {@linkcode BufferedSubscription} is made of. */
export interface BufferedSubscriptionOptions {
  readonly channels: readonly string[];
  readonly options: SubscribeOptions;
  /** Whether the channels are patterns. */
  readonly isPattern?: boolean;
  /** Called once, when the subscription has ended from the reader's side. */
  readonly onLeave: (subscription: BufferedSubscription) => Promise<void>;
  /**
   * Called when a subscription that blocks has no room for more, which it takes
   * nevertheless, and when it has room again.
   */
  readonly onFull?: (isFull: boolean) => void;
}

type Overflow = NonNullable<SubscribeOptions["onOverflow"]>;

type Result = IteratorResult<PubSubMessage, undefined>;

/** Takes what a reader waits for. */
type Reader = (result: Result | Promise<never>) => void;

const DONE: Result = { done: true, value: undefined };

/** Holds messages between their arrival and their reader. */
export class BufferedSubscription implements UserSubscription {
  /** The channels subscribed to. */
  readonly channels: readonly string[];
  readonly #bufferSize: number;
  readonly #onOverflow: Overflow;
  readonly #isPattern: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  readonly #onLeave: (subscription: BufferedSubscription) => Promise<void>;
  readonly #onFull: ((isFull: boolean) => void) | undefined;
  /** Who waits for the next message: one, as a rule, in each of thousands. */
  #reader: Reader | null = null;
  #laterReaders: Reader[] | null = null;
  /** Gaps before the first message of the buffer, by channel or pattern. */
  #gaps: Map<string, PubSubGap> | null = null;
  #buffer: PubSubMessage[] = [];
  #head = 0;
  #ended = false;
  #isFull = false;
  #error: Error | null = null;
  #left: Promise<void> | null = null;
  #dropped = 0;
  /** Whether it was acknowledged: one that was not has missed nothing. */
  isLive = false;

  /**
   * Makes a subscription that holds nothing yet.
   *
   * @param options Its channels, and what its reader asked for.
   */
  constructor(
    { channels, options, isPattern = false, onLeave, onFull }:
      BufferedSubscriptionOptions,
  ) {
    const { bufferSize = 1_000, onOverflow = "drop-oldest", signal } = options;
    this.channels = channels;
    this.#bufferSize = positiveInteger("bufferSize", bufferSize);
    this.#onOverflow = overflowPolicy(onOverflow);
    this.#isPattern = isPattern;
    this.#onLeave = onLeave;
    this.#onFull = onFull;
    this.#signal = signal;
    if (signal === undefined) return;
    this.#onAbort = () => void this.unsubscribe();
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Whether the connection is not to be read until the reader has caught up. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Empty: nothing is kept of what comes here. */
  get lastEventId(): string {
    return "";
  }

  /** Messages dropped so far because the reader was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a message, or a marker of a gap. */
  deliver(message: PubSubMessage): void {
    if (this.#ended) return;
    const reader = this.#reader;
    if (reader !== null) {
      this.#reader = this.#laterReaders?.shift() ?? null;
      reader({ done: false, value: message });
      return;
    }
    this.#buffer.push(message);
    if (this.#onOverflow === "block") this.#checkRoom();
    else if (this.#held > this.#bufferSize) this.#overflow();
  }

  /** Tells the reader that messages of a channel or pattern may be missing. */
  markGap(name: string, reason: PubSubGap["reason"] = "reconnected"): void {
    count("huleedu.pubsub.gaps", { "huleedu.reason": reason });
    this.deliver(this.#marker(name, { reason }));
  }

  /** Looks for something in what is held, the oldest first. */
  find<T>(pick: (message: PubSubMessage) => T | undefined): T | undefined {
    for (let i = this.#head; i < this.#buffer.length; i++) {
      const message = this.#buffer[i];
      const found = message && pick(message);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Ends with an error, once what is held has been read. */
  fail(error: Error): void {
    if (this.#ended) return;
    if (this.#reader === null) this.#error = error;
    else this.#reader(Promise.reject(error));
    this.#reader = this.#laterReaders?.shift() ?? null;
    this.finish();
    void this.#leave();
  }

  /** Ends once what is held has been read. */
  finish(): void {
    this.#ended = true;
    if (this.#onAbort !== undefined) {
      this.#signal?.removeEventListener("abort", this.#onAbort);
    }
    this.#reader?.(DONE);
    this.#reader = null;
    for (const reader of this.#laterReaders?.splice(0) ?? []) reader(DONE);
  }

  /** Ends at once, and forgets what is held. */
  async unsubscribe(): Promise<void> {
    this.#buffer = [];
    this.#head = 0;
    this.#gaps = null;
    this.#error = null;
    this.finish();
    await this.#leave();
  }

  /** The same as `unsubscribe()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /** Iterates over the messages; leaving the loop ends the subscription. */
  [Symbol.asyncIterator](): AsyncIterator<PubSubMessage, undefined> {
    return new Reading(this);
  }

  /** The next message, for an iterator. */
  next(): Promise<Result> {
    const message = this.#takeGap() ?? this.#takeOldest();
    if (message !== undefined) {
      return Promise.resolve({ done: false, value: message });
    }
    const error = this.#takeError();
    if (error !== null) return Promise.reject(error);
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      if (this.#reader === null) this.#reader = resolve;
      else (this.#laterReaders ??= []).push(resolve);
    });
  }

  /** The error is told once; after it the iterator is done. */
  #takeError(): Error | null {
    const error = this.#error;
    this.#error = null;
    return error;
  }

  #takeGap(): PubSubMessage | undefined {
    if (this.#gaps === null) return undefined;
    for (const [name, gap] of this.#gaps) {
      this.#gaps.delete(name);
      return this.#marker(name, gap);
    }
    this.#gaps = null;
    return undefined;
  }

  #takeOldest(): PubSubMessage | undefined {
    if (this.#head === this.#buffer.length) return undefined;
    const message = this.#buffer[this.#head];
    this.#head += 1;
    // Moves the rest only once as much has been read as is left.
    if (this.#head * 2 >= this.#buffer.length) {
      this.#buffer.splice(0, this.#head);
      this.#head = 0;
    }
    // At the half: to stop and go costs something too.
    if (this.#isFull && this.#held <= this.#bufferSize / 2) {
      this.#isFull = false;
      this.#onFull?.(false);
    }
    return message;
  }

  get #held(): number {
    return this.#buffer.length - this.#head;
  }

  /** Asks again with each message: the connection may be another one. */
  #checkRoom(): void {
    if (this.#held < this.#bufferSize) return;
    this.#isFull = true;
    this.#onFull?.(true);
  }

  #overflow(): void {
    if (this.#onOverflow === "drop-oldest") return this.#dropOldest();
    this.#buffer.pop();
    this.fail(new SubscriptionOverflowError(this.channels, this.#bufferSize));
  }

  #dropOldest(): void {
    const oldest = this.#takeOldest();
    if (oldest === undefined) return;
    this.#gaps ??= new Map();
    const name = oldest.pattern ?? oldest.channel;
    const known = this.#gaps.get(name);
    if (oldest.gap !== undefined) {
      if (known === undefined) this.#gaps.set(name, oldest.gap);
      return;
    }
    if (known === undefined) {
      count("huleedu.pubsub.gaps", { "huleedu.reason": "overflow" });
    }
    this.#dropped += 1;
    const dropped = (known?.dropped ?? 0) + 1;
    this.#gaps.set(name, { reason: "overflow", dropped });
  }

  #marker(name: string, gap: PubSubGap): PubSubMessage {
    const marker = { channel: name, message: "", gap };
    return this.#isPattern ? { ...marker, pattern: name } : marker;
  }

  #leave(): Promise<void> {
    this.#left ??= this.#onLeave(this);
    return this.#left;
  }
}

/** One loop over a subscription. */
class Reading implements AsyncIterator<PubSubMessage, undefined> {
  readonly #subscription: BufferedSubscription;

  constructor(subscription: BufferedSubscription) {
    this.#subscription = subscription;
  }

  next(): Promise<Result> {
    return this.#subscription.next();
  }

  async return(): Promise<Result> {
    await this.#subscription.unsubscribe();
    return DONE;
  }
}

function overflowPolicy(onOverflow: unknown): Overflow {
  switch (onOverflow) {
    case "drop-oldest":
    case "block":
    case "close":
      return onOverflow;
  }
  throw new RangeError(
    '"onOverflow" must be "drop-oldest", "block" or "close", received ' +
      (typeof onOverflow === "string" ? "another text" : kindOf(onOverflow)),
  );
}
