// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  ConsumerEngine,
  ConsumerListener,
  IncomingBatch,
  IncomingRecord,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import { nameOf } from "./_dispatcher.ts";
import { Fifo } from "./_lane.ts";

/** How many letters of a partition may be taken and not committed. */
const MAX_OPEN = 500;

/** What a redrive has to be told. */
export interface RedriveTask {
  readonly engine: ConsumerEngine;
  /** Whether a letter is to be put back. */
  readonly isWanted: (letter: IncomingRecord) => boolean;
  /** Puts a letter back on its topic. */
  readonly putBack: (letter: IncomingRecord) => Promise<void>;
  /** Appends a letter to the dead letters. */
  readonly keep: (letter: IncomingRecord) => Promise<void>;
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/** A letter that was taken. */
interface OpenLetter {
  readonly record: IncomingRecord;
  readonly isWanted: boolean;
  isDone: boolean;
}

/** How far one partition of the dead letters is. */
interface Place extends TopicPartition {
  /** Where it ended when the redrive began: later letters are left. */
  readonly end: number;
  /** Letters that were read and not taken. */
  readonly waiting: Fifo<IncomingRecord>;
  /** Letters that were taken, from the first one that is not done. */
  readonly open: Fifo<OpenLetter>;
  /** Everything before was read. */
  reached: number;
  /** Everything before is done. */
  position: number;
  committed: number;
  /** Asks for more letters. */
  release: () => void;
}

/**
 * One pass over the dead letters that are there. Those of a partition are sent
 * in their order, many at a time; what is committed is acknowledged, and so is
 * everything before it.
 */
export class Redrive implements ConsumerListener {
  redriven = 0;
  kept = 0;
  readonly #task: RedriveTask;
  readonly #places = new Map<string, Place>();
  /** By partition, where it ended when it was first ours. */
  readonly #ends = new Map<string, number>();
  readonly #onIdle: Array<() => void> = [];
  readonly #finished: Promise<void>;
  #finish!: () => void;
  #reject!: (error: unknown) => void;
  /** Letters that were put back, or are to be. */
  #taken = 0;
  /** Letters that are on their way, back or to the end. */
  #flying = 0;
  #isCommitting = false;
  #canCommit = true;
  /** Grows with each assignment, and when one is about to end. */
  #generation = 0;
  /** Whether nothing is taken, since the group rebalances. */
  #isHeld = true;
  /** Whether the group has been told that it may go on. */
  #isHandedOver = true;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(task: RedriveTask) {
    this.#task = task;
    this.#finished = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#reject = reject;
    });
    this.#finished.catch(() => {});
  }

  /** Resolves when every letter is done, or enough of them. */
  async run(): Promise<void> {
    const { engine, signal } = this.#task;
    // A filter may abort it, in the middle of taking.
    const onAbort = () => queueMicrotask(() => this.#goOn());
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await engine.start(this);
      await this.#finished;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#isOver = true;
      this.#notify();
      for (const { release } of this.#places.values()) release();
      await engine.stop();
    }
  }

  crashed(error: unknown): void {
    this.#fail(error);
  }

  rewound({ topic }: TopicPartitionOffset): void {
    this.#fail(new Error(`"${topic}" was created anew`));
  }

  /** Resolves when what is on its way is acknowledged and committed. */
  rebalancing(): Promise<void> {
    this.#isHeld = true;
    this.#generation++;
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
      if (this.#isOver) this.#notify();
      else this.#goOn();
    });
  }

  assigned(
    partitions: readonly TopicPartitionOffset[],
    continued: boolean,
  ): void {
    const { engine } = this.#task;
    const generation = ++this.#generation;
    // Nothing is to be read before it is known where to end.
    engine.pause(partitions);
    engine.ends(partitions).then((ends) => {
      if (generation !== this.#generation) return;
      const before = new Map(this.#places);
      this.#places.clear();
      partitions.forEach((each, index) => {
        const name = nameOf(each);
        const known = continued ? before.get(name) : undefined;
        // Where it ended at first: what it has got since then is left.
        const end = this.#ends.get(name) ?? ends[index]!;
        this.#ends.set(name, end);
        this.#places.set(name, known ?? placeOf(each, end));
      });
      for (const [name, place] of before) {
        if (this.#places.get(name) !== place) place.release();
      }
      this.#isHeld = false;
      this.#isHandedOver = false;
      engine.resume(partitions);
      this.#goOn();
    }).catch((error) => {
      if (generation === this.#generation) this.#fail(error);
    });
  }

  /** Resolves when all of the letters are taken. */
  received(batch: IncomingBatch): Promise<void> {
    const place = this.#places.get(nameOf(batch));
    if (!place || this.#isOver) return Promise.resolve();
    for (const record of batch.records) {
      const isNew = record.offset >= place.reached;
      if (isNew && record.offset < place.end) place.waiting.push(record);
    }
    place.reached = Math.max(place.reached, batch.next);
    place.release();
    return new Promise((resolve) => {
      place.release = resolve;
      this.#goOn();
    });
  }

  /** Does whatever can be done now. */
  #goOn(): void {
    if (this.#isOver) return;
    try {
      for (const place of this.#places.values()) {
        this.#takeFrom(place);
        advance(place);
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#commit();
    if (this.#flying > 0 || this.#isCommitting) return;
    this.#notify();
    if (this.#failure) this.#giveUp(this.#failure.error);
    else if (this.#isEnough || this.#isDone) this.#end();
  }

  get #isEnough(): boolean {
    const { limit, signal } = this.#task;
    return this.#taken >= limit || signal?.aborted === true;
  }

  get #isDone(): boolean {
    return !this.#isHeld &&
      [...this.#places.values()].every(({ position, end }) => position >= end);
  }

  #takeFrom(place: Place): void {
    while (place.open.size < MAX_OPEN) {
      if (this.#isHeld || this.#failure || this.#isEnough) return;
      const record = place.waiting.peek();
      if (!record) return place.release();
      const isWanted = this.#task.isWanted(record);
      const letter = { record, isWanted, isDone: false };
      place.waiting.shift();
      place.open.push(letter);
      if (isWanted) this.#taken++;
      this.#send(letter);
    }
  }

  async #send(letter: OpenLetter): Promise<void> {
    const { putBack, keep } = this.#task;
    this.#flying++;
    try {
      await (letter.isWanted ? putBack(letter.record) : keep(letter.record));
      letter.isDone = true;
      if (letter.isWanted) this.redriven++;
      else this.kept++;
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#flying--;
    this.#goOn();
  }

  /** Commits what is done, one commit at a time. */
  #commit(): void {
    if (this.#isCommitting || !this.#canCommit || this.#isHandedOver) return;
    const dirty = [...this.#places.values()].filter(isDirty);
    if (dirty.length === 0) return;
    this.#isCommitting = true;
    const offsets = dirty.map(positionOf);
    this.#task.engine.commit(offsets).then(() => {
      dirty.forEach((place, index) => {
        place.committed = offsets[index]!.offset;
      });
    }).catch((error) => {
      this.#canCommit = false;
      this.#failure ??= { error };
    }).finally(() => {
      this.#isCommitting = false;
      this.#goOn();
    });
  }

  /** Lets the group go on that waits for us. */
  #notify(): void {
    if (this.#onIdle.length === 0) return;
    this.#isHandedOver = true;
    for (const notify of this.#onIdle.splice(0)) notify();
  }

  #end(): void {
    this.#isOver = true;
    this.#finish();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#goOn();
  }

  async #giveUp(error: unknown): Promise<void> {
    this.#isOver = true;
    const canCommit = this.#canCommit && !this.#isHandedOver;
    if (canCommit) await this.#closeGaps().catch(() => {});
    this.#reject(error);
  }

  /**
   * Appends letters that failed to the dead letters where others behind them
   * were sent, so that these can be committed, and are not sent again.
   */
  async #closeGaps(): Promise<void> {
    const places = [...this.#places.values()];
    const gaps = places.flatMap((place) => {
      const open = [...place.open];
      const last = open.map(({ isDone }) => isDone).lastIndexOf(true);
      return open.slice(0, last + 1).filter(({ isDone }) => !isDone);
    });
    await Promise.allSettled(gaps.map(async (letter) => {
      await this.#task.keep(letter.record);
      letter.isDone = true;
    }));
    for (const place of places) advance(place);
    const dirty = places.filter(isDirty);
    if (dirty.length > 0) await this.#task.engine.commit(dirty.map(positionOf));
  }
}

function placeOf(at: TopicPartitionOffset, end: number): Place {
  const { topic, partition, offset } = at;
  return {
    topic,
    partition,
    end,
    waiting: new Fifo(),
    open: new Fifo(),
    reached: offset,
    position: offset,
    committed: offset,
    release: () => {},
  };
}

function positionOf(
  { topic, partition, position }: Place,
): TopicPartitionOffset {
  return { topic, partition, offset: position };
}

function advance(place: Place): void {
  const { open, waiting, reached, end } = place;
  for (let head = open.peek(); head?.isDone; head = open.peek()) {
    place.position = head.record.offset + 1;
    open.shift();
  }
  if (open.size > 0 || waiting.size > 0) return;
  // Behind the last letter there may be markers.
  place.position = Math.max(place.position, Math.min(reached, end));
}

function isDirty({ position, committed }: Place): boolean {
  return position > committed;
}
