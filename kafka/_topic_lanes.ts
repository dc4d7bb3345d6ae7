// Copyright 2026 the HuleEdu authors. MIT license.

import type { ProducerEngine } from "./engine.ts";
import { Fifo, Lane, type Pending } from "./_lane.ts";
import { partitionForKey } from "./murmur2.ts";

const RELOAD_MS = 100;
/** Leaders are asked for anew after that long, so that new partitions are seen. */
const MAX_AGE_MS = 300_000;
/** How long a cluster that answers may say that there is no such topic. */
const MISSING_MS = 5_000;

/** A topic's lanes, and who leads each. */
export class TopicLanes {
  readonly name: string;
  lanes: readonly Lane[] = [];
  /** Whether the leaders should be asked for anew. */
  stale = true;
  readonly #engine: ProducerEngine;
  readonly #maxBatchBytes: number;
  readonly #unassigned: Fifo<Pending> = new Fifo();
  #leaders: readonly number[] = [];
  #loading = false;
  #loadedAt = -Infinity;
  #missingSince: number | undefined;
  #sticky = 0;
  #id: string | undefined;

  constructor(name: string, engine: ProducerEngine, maxBatchBytes: number) {
    this.name = name;
    this.#engine = engine;
    this.#maxBatchBytes = maxBatchBytes;
  }

  /** Events whose partition is not fixed, since the topic is not known yet. */
  get unassigned(): Fifo<Pending> {
    return this.#unassigned;
  }

  /** Fixes the event's partition, for good, and queues it there. */
  add(pending: Pending): void {
    if (this.lanes.length === 0) this.#unassigned.push(pending);
    else this.#laneFor(pending).queue.push(pending);
  }

  leader(partition: number): number {
    return this.#leaders[partition] ?? -1;
  }

  needsLeaders(now: number): boolean {
    const age = now - this.#loadedAt;
    return !this.#loading && age >= (this.stale ? RELOAD_MS : MAX_AGE_MS);
  }

  /** Asks for the leaders. Resolves with whether the topic is found not to exist. */
  async load(now: number): Promise<boolean> {
    this.#loading = true;
    this.#loadedAt = now;
    try {
      const leaders = await this.#engine.leaders(this.name, true);
      if (leaders.length === 0) {
        this.#missingSince ??= now;
        return now - this.#missingSince >= MISSING_MS;
      }
      this.#missingSince = undefined;
      this.#leaders = leaders;
      this.stale = leaders.includes(-1);
      this.#resize(leaders.length);
      this.look();
      return false;
    } finally {
      this.#loading = false;
    }
  }

  /**
   * Looks whether the topic has been created anew, where the cluster can tell:
   * its lanes begin anew then. Never rejects.
   */
  async look(): Promise<void> {
    const id = await this.#engine.topicId(this.name).catch(() => undefined);
    if (id === undefined) return;
    if (this.#id !== undefined && this.#id !== id) {
      for (const lane of this.lanes) lane.beginAnew();
    }
    this.#id = id;
  }

  /** Has a lane a partition; a topic that was created anew may have fewer. */
  #resize(partitions: number): void {
    const lanes = this.lanes.slice(0, partitions);
    const gone = this.lanes.slice(partitions);
    if (gone.some((lane) => lane.inRequest || lane.ambiguous)) {
      this.stale = true; // once it is known what became of their batches
      return;
    }
    while (lanes.length < partitions) {
      lanes.push(new Lane(this.name, lanes.length, this.#maxBatchBytes));
    }
    this.lanes = lanes;
    for (const lane of gone) {
      for (const pending of lane.vacate()) this.#unassigned.push(pending);
    }
    for (let next = this.#unassigned.shift(); next;) {
      if (!next.settled) this.#laneFor(next).queue.push(next);
      next = this.#unassigned.shift();
    }
  }

  /**
   * Keyed events go where the key's hash says. Others stay with one lane until
   * it has sent what it holds, so that batches are few and large.
   */
  #laneFor(pending: Pending): Lane {
    const { key } = pending.record;
    if (key) return this.lanes[partitionForKey(key, this.lanes.length)]!;
    const current = this.lanes[this.#sticky];
    if (current && current.queue.size > 0 && isFree(current)) return current;
    for (let step = 1; step <= this.lanes.length; step++) {
      const index = (this.#sticky + step) % this.lanes.length;
      const lane = this.lanes[index]!;
      if (isFree(lane) && this.leader(index) !== -1) {
        this.#sticky = index;
        return lane;
      }
    }
    return current ?? this.lanes[0]!;
  }
}

/** Whether a lane has nothing on its way and nothing to try again. */
function isFree(lane: Lane): boolean {
  return lane.batch === null && lane.attempts === 0;
}
