// Copyright 2026 the HuleEdu authors. MIT license.

import type { TopicPartition, TopicPartitionOffset } from "./engine.ts";
import {
  beginningOf,
  beginningText,
  type CommittedPosition,
} from "./_group_beginning.ts";
import {
  dealPartitions,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  STRATEGY,
} from "./_group_protocol.ts";
import type {
  Broker,
  Cluster,
  JoinedGroup,
  MemberOfGroup,
  TopicPartitions,
} from "./_kafkajs.ts";
import type { TopicMap } from "./_topic_map.ts";

const GROUP_COORDINATOR = 0;
const READ_COMMITTED = 1;
const EARLIEST = -2;
const LATEST = -1;

/** What a membership has to be told. */
export interface MembershipOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly fromBeginning: boolean;
  readonly sessionTimeoutMs: number;
}

/** What a member has after it joined. */
export interface Generation {
  readonly partitions: readonly TopicPartition[];
  /** Whether nobody else can have had what we held before and hold again. */
  readonly continued: boolean;
}

/**
 * Membership in a consumer group, by the group protocol's requests. Nothing is
 * tried again here; `forget()` and `join()` begin anew after an error.
 */
export class GroupMembership {
  readonly #cluster: Cluster;
  readonly #topics: TopicMap;
  readonly #options: MembershipOptions;
  #coordinator: Broker | undefined;
  #memberId = "";
  #generationId = -1;
  /** How many partitions each topic had when the group began with it. */
  readonly #beginnings = new Map<string, number>();
  /** The last generation whose partitions were taken over. */
  #settled = { memberId: "", generationId: -1 };

  constructor(cluster: Cluster, topics: TopicMap, options: MembershipOptions) {
    this.#cluster = cluster;
    this.#topics = topics;
    this.#options = options;
  }

  /** Joins, or joins again, and learns which partitions are ours. */
  async join(): Promise<Generation> {
    const { groupId, topics, sessionTimeoutMs } = this.#options;
    const coordinator = await this.#findCoordinator();
    const joined = await coordinator.joinGroup({
      groupId,
      memberId: this.#memberId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs * 2,
      groupProtocols: [
        { name: STRATEGY, metadata: encodeSubscription(topics) },
      ],
    });
    this.#memberId = joined.memberId;
    this.#generationId = joined.generationId;
    const isLeader = joined.leaderId === joined.memberId;
    const { memberAssignment } = await coordinator.syncGroup({
      groupId,
      memberId: joined.memberId,
      generationId: joined.generationId,
      groupAssignment: isLeader ? await this.#deal(joined) : [],
    });
    const { memberId, generationId } = this.#settled;
    return {
      partitions: decodeAssignment(memberAssignment),
      // In a generation that we missed another may have had them.
      continued: joined.memberId === memberId &&
        joined.generationId <= generationId + 1,
    };
  }

  /** The partitions of the generation are taken over. */
  settle(): void {
    this.#settled = {
      memberId: this.#memberId,
      generationId: this.#generationId,
    };
  }

  /** Rejects when the group rebalances, or does not know us any more. */
  async heartbeat(): Promise<void> {
    await (await this.#findCoordinator()).heartbeat(this.#member());
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    const topics = offsets.map(({ topic, partition, offset }) => ({
      topic,
      partitions: [{
        partition,
        offset: String(offset),
        metadata: beginningText(this.#beginnings.get(topic) ?? 0),
      }],
    }));
    // Who we are now, not who we are once the coordinator is found: it refuses
    // the positions of a generation that is over.
    const member = this.#member();
    const coordinator = await this.#findCoordinator();
    await coordinator.offsetCommit({ ...member, topics });
  }

  async leave(): Promise<void> {
    const { groupId } = this.#options;
    if (this.#memberId === "") return;
    const coordinator = await this.#findCoordinator();
    await coordinator.leaveGroup({ groupId, memberId: this.#memberId });
    this.#memberId = "";
  }

  /** Forgets where the coordinator is, or, after `"member"`, who we are too. */
  forget(what: "coordinator" | "member"): void {
    this.#coordinator = undefined;
    if (what === "member") this.#memberId = "";
  }

  /**
   * Where the group goes on in partitions: where it has committed, or where it
   * begins. What it begins with is committed at once, so that a crash before
   * the first event is done does not make it begin elsewhere. One that came
   * into being after the group began is read from its first event on.
   *
   * @param isNew Whether a topic came into being while we were a member.
   */
  async positions(
    partitions: readonly TopicPartition[],
    isNew: (topic: string) => boolean,
  ): Promise<TopicPartitionOffset[]> {
    if (partitions.length === 0) return [];
    const committed = await this.#committed(partitions);
    const fresh = partitions.filter((each) =>
      !committed.some((known) => isSame(known, each))
    );
    await this.#learnBeginnings(committed, fresh, isNew);
    const begun: TopicPartitionOffset[] = [];
    for (const each of fresh) {
      const { topic, partition } = each;
      const isLate = partition >= this.#beginnings.get(topic)!;
      const at = this.#options.fromBeginning || isLate ? EARLIEST : LATEST;
      begun.push({ ...each, offset: await this.#listOffset(each, at) });
    }
    if (begun.length > 0) await this.commit(begun);
    return [
      ...committed.map(({ topic, partition, offset }) => ({
        topic,
        partition,
        offset,
      })),
      ...begun,
    ];
  }

  /** Learns how large the topics were when the group began with them. */
  async #learnBeginnings(
    committed: readonly CommittedPosition[],
    fresh: readonly TopicPartition[],
    isNew: (topic: string) => boolean,
  ): Promise<void> {
    const { sizes } = this.#topics;
    const asked = new Set(fresh.map(({ topic }) => topic));
    // The others may have positions in a topic where we have none.
    const all = await this.#committed([...asked].flatMap((topic) =>
      Array.from(
        { length: sizes.get(topic) ?? 0 },
        (_, partition) => ({ topic, partition }),
      )
    ));
    const known = [...committed, ...all];
    for (const topic of new Set([...committed, ...fresh].map(topicOf))) {
      const size = isNew(topic) ? 0 : sizes.get(topic) ?? 0;
      this.#beginnings.set(topic, beginningOf(topic, known) ?? size);
    }
  }

  async #committed(
    partitions: readonly TopicPartition[],
  ): Promise<CommittedPosition[]> {
    if (partitions.length === 0) return [];
    const coordinator = await this.#findCoordinator();
    const { responses } = await coordinator.offsetFetch({
      groupId: this.#options.groupId,
      topics: partitions.map(({ topic, partition }) => ({
        topic,
        partitions: [{ partition }],
      })),
    });
    return responses.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset, metadata }) => ({
        topic,
        partition,
        offset: Number(offset),
        metadata,
      }))
    ).filter(({ offset }) => offset >= 0);
  }

  /** The oldest offset of a partition that can be read. */
  earliest(at: TopicPartition): Promise<number> {
    return this.#listOffset(at, EARLIEST);
  }

  /** The offset after the last record of a partition. */
  latest(at: TopicPartition): Promise<number> {
    return this.#listOffset(at, LATEST);
  }

  async #listOffset(at: TopicPartition, timestamp: number): Promise<number> {
    const { topic, partition } = at;
    const broker = await this.#cluster.brokerPool.findBroker({
      nodeId: this.#topics.leader(at),
    });
    const { responses } = await broker.listOffsets({
      isolationLevel: READ_COMMITTED,
      topics: [{ topic, partitions: [{ partition, timestamp }] }],
    });
    return offsetsOf(responses)[0]!.offset;
  }

  async #deal(
    { members }: JoinedGroup,
  ): Promise<Array<{ memberId: string; memberAssignment: Uint8Array }>> {
    await this.#topics.refresh();
    const subscriptions = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: decodeSubscription(memberMetadata),
    }));
    const hands = dealPartitions(subscriptions, this.#topics.sizes);
    return [...hands].map(([memberId, partitions]) => ({
      memberId,
      memberAssignment: encodeAssignment(partitions),
    }));
  }

  #member(): MemberOfGroup {
    return {
      groupId: this.#options.groupId,
      memberId: this.#memberId,
      groupGenerationId: this.#generationId,
    };
  }

  async #findCoordinator(): Promise<Broker> {
    if (this.#coordinator) return this.#coordinator;
    const { brokerPool } = this.#cluster;
    const any = await brokerPool.findConnectedBroker();
    const { coordinator } = await any.findGroupCoordinator({
      groupId: this.#options.groupId,
      coordinatorType: GROUP_COORDINATOR,
    });
    this.#coordinator = await brokerPool.findBroker(coordinator);
    return this.#coordinator;
  }
}

function offsetsOf(
  responses: readonly TopicPartitions<{ offset: string }>[],
): TopicPartitionOffset[] {
  return responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({
      topic,
      partition,
      offset: Number(offset),
    }))
  );
}

function topicOf({ topic }: TopicPartition): string {
  return topic;
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.partition === b.partition && a.topic === b.topic;
}
