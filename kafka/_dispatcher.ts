// Copyright 2026 the HuleEdu authors. MIT license.

import { clearTimeout, setTimeout } from "node:timers";

import type {
  ConsumerEngine,
  IncomingBatch,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import { Fifo } from "./_lane.ts";
import { PartitionWork } from "./_partition_work.ts";
import { within } from "./_within.ts";
import type { Verdict, Work } from "./_work.ts";

/** The bytes of a partition's records that may wait for their handlers. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Takes work one step on. Never rejects. */
export type HandleRecord = (work: Work) => Promise<Verdict>;

/**
 * Runs records: those of one key in order, others side by side, never more than
 * `concurrency` at once.
 */
export class Dispatcher {
  /** Called when a partition may have a new position to commit. */
  onProgress: () => void = () => {};
  readonly #engine: ConsumerEngine;
  readonly #handle: HandleRecord;
  readonly #concurrency: number;
  readonly #maxOutstanding: number;
  readonly #partitions = new Map<string, PartitionWork>();
  readonly #ready: Fifo<Work> = new Fifo();
  readonly #running = new Set<Work>();
  readonly #listeners: Array<() => void> = [];
  #isHeld = false;
  #isSettling = false;
  #isClosed = false;
  /** Work that was finished and given up since `close()`. */
  #drained = 0;
  #givenUp = 0;

  constructor(
    engine: ConsumerEngine,
    handle: HandleRecord,
    concurrency: number,
  ) {
    this.#engine = engine;
    this.#handle = handle;
    this.#concurrency = concurrency;
    this.#maxOutstanding = Math.max(1_000, concurrency * 4);
  }

  /** The partitions that are ours. */
  get partitions(): readonly PartitionWork[] {
    return [...this.#partitions.values()];
  }

  /** Work that a handler is at. */
  get running(): ReadonlySet<Work> {
    return this.#running;
  }

  assigned(
    partitions: readonly TopicPartitionOffset[],
    continued: boolean,
  ): void {
    const ours = new Set(partitions.map(nameOf));
    for (const [name, work] of this.#partitions) {
      if (continued && ours.has(name)) continue;
      work.revoke(
        new Error(`Partition ${name} is not assigned to us any more`),
      );
      this.#partitions.delete(name);
    }
    for (const each of partitions) {
      const name = nameOf(each);
      if (this.#partitions.has(name)) continue;
      this.#partitions.set(name, new PartitionWork(each));
    }
    if (this.#isHeld || this.#isClosed) this.#engine.pause(partitions);
    this.#isSettling = false;
    this.#changed();
    this.#pump();
  }

  /** Forgets what was read of a partition, which begins anew. */
  rewound(at: TopicPartitionOffset): void {
    const name = nameOf(at);
    const before = this.#partitions.get(name);
    if (!before) return;
    before.revoke(new Error(`Partition ${name} begins anew`));
    this.#partitions.set(name, new PartitionWork(at));
    this.#changed();
  }

  /** Takes records in; resolves when there is room for more. */
  async received(batch: IncomingBatch): Promise<void> {
    const work = this.#partitions.get(nameOf(batch));
    if (!work || this.#isClosed) return;
    work.highWatermark = batch.highWatermark;
    work.server = batch.server;
    for (const record of batch.records) {
      const runnable = work.accept(record);
      if (runnable) this.#ready.push(runnable);
    }
    work.reach(batch.next);
    this.#pump();
    if (this.#hasRoom(work, 1)) return;
    work.isFull = true;
    while (work.isFull && !work.closing.aborted) await this.#change();
  }

  /**
   * Starts nothing new until the next assignment but what stands before work
   * that was begun, so that all of that can be committed, and waits for it, but
   * no longer than `timeoutMs`.
   */
  async settle(timeoutMs: number): Promise<void> {
    this.#isSettling = true;
    const deadline = performance.now() + timeoutMs;
    while (this.#isSettling && this.#running.size > 0) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      await this.#change(left);
    }
  }

  /** Makes ready for a first assignment, or for one after `close()`. */
  open(): void {
    this.#isClosed = false;
    this.#isHeld = false;
    while (this.#ready.shift());
  }

  /** Starts nothing new until `release()`. */
  hold(): void {
    this.#isHeld = true;
    this.#engine.pause(this.partitions);
  }

  /** Goes on. */
  release(): void {
    this.#isHeld = false;
    this.#engine.resume(this.partitions);
    this.#pump();
  }

  /**
   * Starts nothing new but what stands before work that was begun, and waits for
   * it, but for `except`. What is left after `timeoutMs` is aborted.
   */
  async close(timeoutMs: number, except: Work | undefined): Promise<{
    readonly drained: number;
    readonly abandoned: number;
  }> {
    this.#isClosed = true;
    this.#drained = 0;
    this.#givenUp = 0;
    this.#engine.pause(this.partitions);
    for (const partition of this.partitions) partition.close();
    this.#changed();
    const deadline = performance.now() + timeoutMs;
    const others = () =>
      this.#running.size - (except && this.#running.has(except) ? 1 : 0);
    while (others() > 0 && performance.now() < deadline) {
      await this.#change(Math.max(1, deadline - performance.now()));
    }
    const abandoned = this.#running.size + this.#givenUp;
    const reason = new Error("Consumer is stopping");
    for (const partition of this.#partitions.values()) partition.revoke(reason);
    return { drained: this.#drained, abandoned };
  }

  #pump(): void {
    while (!this.#isHeld && this.#running.size < this.#concurrency) {
      const work = this.#isClosed || this.#isSettling
        ? this.#ready.remove((each) => each.partition.isGap(each))
        : this.#ready.shift();
      if (!work) return;
      if (!work.partition.signal.aborted) this.#run(work);
    }
  }

  async #run(work: Work): Promise<void> {
    const { partition } = work;
    this.#running.add(work);
    partition.begin(work);
    const verdict = await this.#handle(work);
    this.#running.delete(work);
    if (verdict === "done" && !partition.signal.aborted) {
      if (this.#isClosed) this.#drained++;
      this.#finish(work);
    } else if (this.#isClosed) {
      this.#givenUp++;
    } else if (typeof verdict === "object") {
      this.#runLater(work, verdict.againInMs);
    }
    if (this.#isClosed || this.#isSettling) this.#changed();
    this.#pump();
  }

  /** Its key waits with it, and nothing else does. */
  #runLater(work: Work, ms: number): void {
    const { closing } = work.partition;
    if (closing.aborted) return;
    const giveUp = () => clearTimeout(timer);
    const timer = setTimeout(() => {
      closing.removeEventListener("abort", giveUp);
      this.#ready.push(work);
      this.#pump();
    }, ms);
    closing.addEventListener("abort", giveUp, { once: true });
  }

  #finish(work: Work): void {
    const { partition } = work;
    const next = partition.finish(work);
    if (next) this.#ready.push(next);
    if (partition.isFull && this.#hasRoom(partition, 2)) {
      partition.isFull = false;
      this.#changed();
    }
    this.onProgress();
  }

  /** Whether the partition takes less than a part of what it may. */
  #hasRoom({ outstanding, bytes }: PartitionWork, part: number): boolean {
    return outstanding < this.#maxOutstanding / part &&
      bytes < MAX_BYTES / part;
  }

  /** Resolves at the next change, or after `ms`. */
  #change(ms?: number): Promise<void> {
    const changed = new Promise<void>((resolve) =>
      this.#listeners.push(resolve)
    );
    return ms === undefined ? changed : within(ms, changed);
  }

  #changed(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** A name that is one partition's alone. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
