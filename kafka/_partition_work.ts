// Copyright 2026 the HuleEdu authors. MIT license.

import { setMaxListeners } from "node:events";

import type {
  BrokerAddress,
  IncomingRecord,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import { Fifo } from "./_lane.ts";
import { Work } from "./_work.ts";

/**
 * The records of one assigned partition that are not committed yet, and how far
 * everything before is done: the position that may be committed.
 */
export class PartitionWork implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the last record of the partition, as last heard. */
  highWatermark = -1;
  /** Who its records were last fetched from. */
  server: BrokerAddress | undefined;
  /** Whether there is no room for more of it now. */
  isFull = false;
  readonly #revoked = new AbortController();
  readonly #closing = new AbortController();
  readonly #order: Fifo<Work> = new Fifo();
  readonly #byKey = new Map<string, Fifo<Work>>();
  #next = -1;
  #furthest = -1;
  #position: number;
  #committed: number;
  #reached = -1;
  #bytes = 0;
  /** Finished, finished with everything before, and those of them committed. */
  #finished = 0;
  #contiguous = 0;
  #committedCount = 0;
  #committing: { readonly offset: number; readonly count: number } | undefined;

  constructor({ topic, partition, offset }: TopicPartitionOffset) {
    this.topic = topic;
    this.partition = partition;
    this.#position = offset;
    this.#committed = offset;
    // All handlers of the partition share it, which Node takes for a leak.
    setMaxListeners(0, this.signal, this.closing);
  }

  /** Aborted when the partition is not ours any more. */
  get signal(): AbortSignal {
    return this.#revoked.signal;
  }

  /** Aborted when nothing new should begin, not even another attempt. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Records that are not done, and done ones behind them. */
  get outstanding(): number {
    return this.#order.size;
  }

  /** The bytes of the records that are not done, keys and values. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The offset that everything before is done of. */
  get position(): number {
    return this.#position;
  }

  /** How many records are finished and not committed. */
  get uncommitted(): number {
    return this.#finished - this.#committedCount;
  }

  /** Whether there is a position to commit. */
  get isDirty(): boolean {
    return this.#position > this.#committed;
  }

  /**
   * Takes a record in. Returns its work when it can run at once, and nothing
   * when it waits for another of its key, or was delivered before.
   */
  accept(record: IncomingRecord): Work | undefined {
    // After a rebalance a partition that stays is fetched from its last commit.
    if (record.offset < this.#next) return undefined;
    this.#next = record.offset + 1;
    const work = new Work(this, record);
    this.#order.push(work);
    this.#bytes += work.bytes;
    const { key } = work;
    if (key === null) return work;
    const waiting = this.#byKey.get(key);
    if (waiting) {
      waiting.push(work);
      return undefined;
    }
    this.#byKey.set(key, new Fifo());
    return work;
  }

  /** Notes that a handler begins with the work. */
  begin({ offset }: Work): void {
    if (offset > this.#furthest) this.#furthest = offset;
  }

  /**
   * Whether work that was begun stands behind this one, which could not be
   * committed without it.
   */
  isGap({ offset }: Work): boolean {
    return offset < this.#furthest;
  }

  /** Everything before `offset` has been read, markers too. */
  reach(offset: number): void {
    this.#reached = Math.max(this.#reached, offset);
    this.#skipMarkers();
  }

  /** Marks work as done. Returns the next of its key, which can run now. */
  finish(work: Work): Work | undefined {
    work.finish();
    this.#finished++;
    this.#bytes -= work.bytes;
    for (let head = this.#order.peek(); head?.isDone;) {
      this.#position = head.offset + 1;
      this.#contiguous++;
      this.#order.shift();
      head = this.#order.peek();
    }
    this.#skipMarkers();
    const { key } = work;
    if (key === null) return undefined;
    const next = this.#byKey.get(key)?.shift();
    if (!next) this.#byKey.delete(key);
    return next;
  }

  /** The position to commit now. `committed()` says that it has been. */
  beginCommit(): number {
    this.#committing = { offset: this.#position, count: this.#contiguous };
    return this.#position;
  }

  /** Behind the last record there may be others that no handler sees. */
  #skipMarkers(): void {
    if (this.#order.size > 0) return;
    this.#position = Math.max(this.#position, this.#reached);
  }

  /** The position of `beginCommit()` is committed. */
  committed(): void {
    const { offset, count } = this.#committing!;
    this.#committed = offset;
    this.#committedCount = count;
  }

  /** Lets handlers at work finish, and begins nothing new. */
  close(): void {
    this.#closing.abort();
  }

  /** The partition went to another member, or the consumer stops. */
  revoke(reason: Error): void {
    this.close();
    this.#revoked.abort(reason);
  }
}
