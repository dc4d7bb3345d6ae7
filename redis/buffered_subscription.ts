// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  PubSubGap,
  PubSubMessage,
  SubscribeOptions,
  Subscription,
} from "../protocols.ts";
import { kindOf, positiveInteger } from "./arguments.ts";
import { SubscriptionOverflowError } from "./errors.ts";

/** What a {@linkcode BufferedSubscription} is made of. */
export interface BufferedSubscriptionOptions {
  readonly channels: readonly string[];
  readonly options: SubscribeOptions;
  /** Called once, when the subscription has ended from the reader's side. */
  readonly onLeave: (subscription: BufferedSubscription) => Promise<void>;
}

type Result = IteratorResult<PubSubMessage, undefined>;

interface Reader {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

const DONE: Result = { done: true, value: undefined };

/** Holds messages between their arrival and their reader. */
export class BufferedSubscription implements Subscription {
  /** The channels subscribed to. */
  readonly channels: readonly string[];
  readonly #bufferSize: number;
  readonly #closeOnOverflow: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => void this.unsubscribe();
  readonly #onLeave: (subscription: BufferedSubscription) => Promise<void>;
  readonly #readers: Reader[] = [];
  /** Gaps before the first message of the buffer, by channel. */
  readonly #gaps = new Map<string, PubSubGap>();
  #buffer: PubSubMessage[] = [];
  #head = 0;
  #ended = false;
  #error: Error | null = null;
  #left: Promise<void> | null = null;
  #dropped = 0;

  /**
   * Makes a subscription that holds nothing yet.
   *
   * @param options Its channels, and what its reader asked for.
   */
  constructor({ channels, options, onLeave }: BufferedSubscriptionOptions) {
    const { bufferSize = 1_000, onOverflow = "drop-oldest", signal } = options;
    this.channels = channels;
    this.#bufferSize = positiveInteger("bufferSize", bufferSize);
    this.#closeOnOverflow = closesOnOverflow(onOverflow);
    this.#signal = signal;
    this.#onLeave = onLeave;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Messages dropped so far because the reader was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a message, or a marker of a gap. */
  deliver(message: PubSubMessage): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: message });
      return;
    }
    if (this.#buffer.length - this.#head >= this.#bufferSize) {
      if (this.#closeOnOverflow) {
        this.fail(
          new SubscriptionOverflowError(this.channels, this.#bufferSize),
        );
        return;
      }
      this.#dropOldest();
    }
    this.#buffer.push(message);
  }

  /** Tells the reader that messages of its channels may be missing. */
  markGap(channel: string): void {
    const gap = { reason: "reconnected" } as const;
    this.deliver({ channel, message: "", gap });
  }

  /** Ends with an error, once what is held has been read. */
  fail(error: Error): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader === undefined) this.#error = error;
    else reader.reject(error);
    this.finish();
    void this.#leave();
  }

  /** Ends once what is held has been read. */
  finish(): void {
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    for (const reader of this.#readers.splice(0)) reader.resolve(DONE);
  }

  /** Ends at once, and forgets what is held. */
  async unsubscribe(): Promise<void> {
    this.#buffer = [];
    this.#head = 0;
    this.#gaps.clear();
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
    return {
      next: () => this.#next(),
      return: async () => {
        await this.unsubscribe();
        return DONE;
      },
    };
  }

  #next(): Promise<Result> {
    const message = this.#takeGap() ?? this.#takeOldest();
    if (message !== undefined) {
      return Promise.resolve({ done: false, value: message });
    }
    const error = this.#takeError();
    if (error !== null) return Promise.reject(error);
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }

  /** The error is told once; after it the iterator is done. */
  #takeError(): Error | null {
    const error = this.#error;
    this.#error = null;
    return error;
  }

  #takeGap(): PubSubMessage | undefined {
    for (const [channel, gap] of this.#gaps) {
      this.#gaps.delete(channel);
      return { channel, message: "", gap };
    }
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
    return message;
  }

  #dropOldest(): void {
    const oldest = this.#takeOldest();
    if (oldest === undefined) return;
    const known = this.#gaps.get(oldest.channel);
    if (oldest.gap !== undefined) {
      if (known === undefined) this.#gaps.set(oldest.channel, oldest.gap);
      return;
    }
    this.#dropped += 1;
    const dropped = (known?.dropped ?? 0) + 1;
    this.#gaps.set(oldest.channel, { reason: "overflow", dropped });
  }

  #leave(): Promise<void> {
    this.#left ??= this.#onLeave(this);
    return this.#left;
  }
}

function closesOnOverflow(onOverflow: unknown): boolean {
  if (onOverflow === "close") return true;
  if (onOverflow === "drop-oldest") return false;
  throw new RangeError(
    '"onOverflow" must be "drop-oldest" or "close", received ' +
      (typeof onOverflow === "string" ? "another text" : kindOf(onOverflow)),
  );
}
