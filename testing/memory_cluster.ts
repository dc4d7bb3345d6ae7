// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  BatchResult,
  ConsumerListener,
  IncomingRecord,
  OutgoingBatch,
  OutgoingRecord,
  TopicPartition,
} from "../kafka/engine.ts";

/** What the last batch of a producer in a partition was. */
interface LastBatch {
  readonly baseSequence: number;
  readonly count: number;
  readonly baseOffset: number;
}

/** A member of a group, as the cluster sees it. */
export interface Member {
  readonly topics: readonly string[];
  readonly fromBeginning: boolean;
  readonly listener: ConsumerListener;
  /** Its partitions have changed. */
  rebalanced(partitions: readonly TopicPartition[], continued: boolean): void;
}

/** A group: who is in it, and what it has committed. */
interface Group {
  readonly members: Set<Member>;
  readonly committed: Map<string, number>;
}

/** Topics and groups in memory, with Kafka's rules for sequences and offsets. */
export class MemoryCluster {
  readonly #partitions: number;
  readonly #topics = new Map<string, IncomingRecord[][]>();
  readonly #lastBatches = new Map<string, LastBatch>();
  readonly #groups = new Map<string, Group>();
  readonly #watchers = new Set<() => void>();
  #nextProducerId = 0n;

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  newProducerId(): bigint {
    return this.#nextProducerId++;
  }

  /** A topic's partitions; the topic is created when it is not there. */
  topic(name: string): IncomingRecord[][] {
    let topic = this.#topics.get(name);
    if (!topic) {
      topic = Array.from({ length: this.#partitions }, () => []);
      this.#topics.set(name, topic);
      for (const [groupId, { members }] of this.#groups) {
        if ([...members].some(({ topics }) => topics.includes(name))) {
          this.rebalance(groupId, true);
        }
      }
    }
    return topic;
  }

  records({ topic, partition }: TopicPartition): IncomingRecord[] {
    return this.topic(topic)[partition]!;
  }

  /** Appends a batch, unless its sequence says that it is there already. */
  append(batch: OutgoingBatch): BatchResult {
    const { topic, partition, identity, baseSequence, records } = batch;
    const producer = `${identity.id} ${topic}-${partition}`;
    const last = this.#lastBatches.get(producer);
    if (last && last.baseSequence === baseSequence) {
      return { baseOffset: last.baseOffset, error: null };
    }
    const expected = last ? last.baseSequence + last.count : 0;
    if (baseSequence !== expected) {
      return { baseOffset: -1, error: "OUT_OF_ORDER_SEQUENCE_NUMBER" };
    }
    const baseOffset = this.write({ topic, partition }, records);
    const count = records.length;
    this.#lastBatches.set(producer, { baseSequence, count, baseOffset });
    return { baseOffset, error: null };
  }

  /** Writes records; the offset of the first. */
  write(at: TopicPartition, records: readonly OutgoingRecord[]): number {
    const log = this.records(at);
    const baseOffset = log.length;
    for (const record of records) {
      log.push({
        offset: log.length,
        key: record.key,
        value: record.value,
        headers: Object.fromEntries(record.headers),
        timestamp: record.timestamp,
      });
    }
    this.wake();
    return baseOffset;
  }

  /** Calls `watcher` whenever there may be something to fetch. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  join(groupId: string, member: Member): void {
    for (const topic of member.topics) this.topic(topic);
    this.#group(groupId).members.add(member);
    this.rebalance(groupId, true);
  }

  leave(groupId: string, member: Member): void {
    if (this.#group(groupId).members.delete(member)) {
      this.rebalance(groupId, true);
    }
  }

  /** Gives the group's partitions out anew, in turn. */
  rebalance(groupId: string, continued: boolean): void {
    const members = [...this.#group(groupId).members];
    for (const { listener } of members) void listener.rebalancing();
    const shares = new Map<Member, TopicPartition[]>(
      members.map((member) => [member, []]),
    );
    const topics = new Set(members.flatMap((member) => member.topics));
    let turn = 0;
    for (const topic of topics) {
      const takers = members.filter((member) => member.topics.includes(topic));
      for (let partition = 0; partition < this.#partitions; partition++) {
        shares.get(takers[turn++ % takers.length]!)!.push({ topic, partition });
      }
    }
    for (const [member, share] of shares) member.rebalanced(share, continued);
  }

  /** Where the group goes on reading. */
  position(
    groupId: string,
    at: TopicPartition,
    fromBeginning: boolean,
  ): number {
    const { committed } = this.#group(groupId);
    const name = `${at.topic}-${at.partition}`;
    let position = committed.get(name);
    if (position === undefined) {
      position = fromBeginning ? 0 : this.records(at).length;
      // A group keeps the place where it began, as it has none of its own yet.
      committed.set(name, position);
    }
    return position;
  }

  commit(groupId: string, at: TopicPartition, offset: number): void {
    this.#group(groupId).committed.set(`${at.topic}-${at.partition}`, offset);
  }

  /** Makes the group read everything again. */
  rewind(groupId: string): void {
    const { committed } = this.#group(groupId);
    for (const name of committed.keys()) committed.set(name, 0);
    this.rebalance(groupId, false);
  }

  #group(groupId: string): Group {
    let group = this.#groups.get(groupId);
    if (!group) {
      group = { members: new Set(), committed: new Map() };
      this.#groups.set(groupId, group);
    }
    return group;
  }
}
