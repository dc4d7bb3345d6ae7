// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  OutgoingBatch,
  OutgoingRecord,
  ProducerIdentity,
} from "./engine.ts";
import type { PublishError } from "./errors.ts";

const MAX_SEQUENCE = 0x7fffffff;
const TRIM_AT = 1_024;
const RETRY_BASE_MS = 25;
const RETRY_MAX_MS = 500;

/** An event on its way, from the call to the acknowledgement. */
export interface Pending {
  readonly topic: string;
  record: OutgoingRecord;
  readonly bytes: number;
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: PublishError) => void;
  /** Told of the partition when the event is acknowledged. */
  readonly placed: ((partition: number) => void) | undefined;
  /** Counted against the room in the queue. */
  admitted: boolean;
  /** In a request that may have reached the broker, or is about to. */
  flying: boolean;
  settled: boolean;
  /** Lets go of the caller's signal. */
  release?: () => void;
}

/** First in, first out, with cheap removal at the front. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head >= TRIM_AT) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes the first item out that is so. */
  remove(isSo: (item: T) => boolean): T | undefined {
    for (let i = this.#head; i < this.#items.length; i++) {
      if (isSo(this.#items[i]!)) return this.#items.splice(i, 1)[0];
    }
    return undefined;
  }

  /** Puts items back before all others, in their order. */
  unshift(items: readonly T[]): void {
    this.#items = [...items, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i]!;
  }
}

/** The batch of a lane that is on its way or has to be sent again as it is. */
export interface LaneBatch extends OutgoingBatch {
  readonly pendings: readonly Pending[];
  readonly bytes: number;
}

/**
 * A partition's events in order. One batch at a time is on its way, retries
 * included: kafkajs and others lose acknowledged events when a second batch
 * takes the sequence numbers of a first one that is still being retried.
 */
export class Lane {
  readonly topic: string;
  readonly partition: number;
  readonly queue: Fifo<Pending> = new Fifo();
  /** What is in a request now, or must be sent again unchanged. */
  batch: LaneBatch | null = null;
  /** Whether `batch` is in a request now. */
  inRequest = false;
  /** Whether the broker may have written `batch`. */
  ambiguous = false;
  identity: ProducerIdentity | null = null;
  /** On the monotonic clock: not before then is it sent again. */
  retryAt = 0;
  attempts = 0;
  #nextSequence = 0;
  #acknowledgedEnd = -1;
  readonly #limitBytes: number;
  #maxBytes: number;
  /** Whether it stood back when a request was full: it comes first in the next. */
  stoodBack = false;
  /** How many of the next records travel alone, to find the one refused. */
  #isolate = 0;

  constructor(topic: string, partition: number, maxBytes: number) {
    this.topic = topic;
    this.partition = partition;
    this.#limitBytes = maxBytes;
    this.#maxBytes = maxBytes;
  }

  /** Sends nothing for a random part of a delay that doubles each time. */
  postpone(now: number): void {
    const longest = Math.min(
      RETRY_MAX_MS,
      RETRY_BASE_MS * 2 ** this.attempts++,
    );
    this.retryAt = now + longest * (0.5 + Math.random() / 2);
  }

  /** Whether there is anything to send now. */
  isReady(now: number): boolean {
    return !this.inRequest && this.retryAt <= now &&
      (this.batch !== null || this.queue.size > 0);
  }

  /** The batch to send next, or `null` when every queued event has been given up. */
  take(): LaneBatch | null {
    if (this.batch) return this.batch;
    const pendings: Pending[] = [];
    let bytes = 0;
    for (let next = this.queue.peek(); next; next = this.queue.peek()) {
      if (!next.settled) {
        const full = bytes + next.bytes > this.#maxBytes || this.#isolate > 0;
        if (full && pendings.length > 0) break;
        next.flying = true;
        pendings.push(next);
        bytes += next.bytes;
      }
      this.queue.shift();
    }
    if (pendings.length === 0) return null;
    this.batch = {
      topic: this.topic,
      partition: this.partition,
      identity: this.identity!,
      baseSequence: this.#nextSequence,
      records: pendings.map((pending) => pending.record),
      pendings,
      bytes,
    };
    return this.batch;
  }

  /** Whether another event has been given that offset, or a later one. */
  isBehind(baseOffset: number): boolean {
    return baseOffset !== -1 && baseOffset < this.#acknowledgedEnd;
  }

  /** The topic was created anew: its offsets begin with 0 again. */
  beginAnew(): void {
    this.#acknowledgedEnd = -1;
  }

  /**
   * The broker has written the batch at `baseOffset`, or earlier when that is
   * -1. Returns `false` when the offset was given to another event before.
   */
  acknowledge(baseOffset: number): boolean {
    const batch = this.batch!;
    const count = batch.records.length;
    if (this.isBehind(baseOffset)) return false;
    if (baseOffset !== -1) this.#acknowledgedEnd = baseOffset + count;
    this.#nextSequence = advance(this.#nextSequence, count);
    this.#isolate = Math.max(0, this.#isolate - count);
    this.attempts = 0;
    this.#forget();
    return true;
  }

  /** The broker certainly has not written the batch: its events queue again. */
  unbatch(): void {
    const waiting = this.batch!.pendings.filter((pending) => !pending.settled);
    for (const pending of waiting) pending.flying = false;
    this.queue.unshift(waiting);
    this.#forget();
  }

  /** The broker may have written the batch; its sequence numbers are burnt. */
  abandon(): void {
    this.#forget();
    this.attempts = 0;
    this.retryAt = 0;
    this.renounce();
  }

  /** Gives back the events that were not sent; there is no such partition any more. */
  vacate(): Pending[] {
    if (this.batch && !this.ambiguous) this.unbatch();
    const waiting = [...this.queue].filter((pending) => !pending.settled);
    while (this.queue.shift());
    return waiting;
  }

  /** Takes a new identity for the next batch, so that sequences begin anew. */
  renounce(): void {
    this.identity = null;
    this.#nextSequence = 0;
    this.#acknowledgedEnd = -1;
  }

  /** The batch was too large: the next ones are half its size. */
  shrink(): void {
    this.#maxBytes = Math.max(1, Math.floor(this.batch!.bytes / 2));
  }

  /** It was one event that was too large, and not what travelled with it. */
  grow(): void {
    this.#maxBytes = this.#limitBytes;
  }

  /** A record of the batch was refused: the next ones travel alone. */
  isolate(): void {
    this.#isolate = this.batch!.records.length;
  }

  #forget(): void {
    this.batch = null;
    this.ambiguous = false;
  }
}

/** Sequence numbers are 31 bits wide and wrap to 0. */
function advance(sequence: number, count: number): number {
  const next = sequence + count;
  return next > MAX_SEQUENCE ? next - MAX_SEQUENCE - 1 : next;
}
