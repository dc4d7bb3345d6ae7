// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";

import { GroupMembership } from "../../kafka/_group_membership.ts";
import type { Cluster } from "../../kafka/_kafkajs.ts";
import { TopicMap } from "../../kafka/_topic_map.ts";

const TOPIC = "essays";
const OLDEST = 3;
const NEWEST = 8;

interface Position {
  readonly offset: string;
  readonly metadata: string | null;
}

/** A cluster with one topic and one group, as far as positions go. */
class FakeCluster {
  readonly committed = new Map<number, Position>();
  size: number;

  constructor(size: number) {
    this.size = size;
  }

  /** A member that has just joined. */
  async member(fromBeginning = false): Promise<GroupMembership> {
    const cluster = { brokerPool: this.#pool() } as unknown as Cluster;
    const topics = new TopicMap(cluster, [TOPIC]);
    await topics.refresh();
    return new GroupMembership(cluster, topics, {
      groupId: "g",
      topics: [TOPIC],
      fromBeginning,
      sessionTimeoutMs: 1_000,
    });
  }

  /** Where a member goes on in the given partitions, in their order. */
  async begin(
    member: GroupMembership,
    partitions: readonly number[],
    isNew = false,
  ): Promise<number[]> {
    const asked = partitions.map((partition) => ({ topic: TOPIC, partition }));
    const found = await member.positions(asked, () => isNew);
    return partitions.map((partition) =>
      found.find((each) => each.partition === partition)!.offset
    );
  }

  #pool() {
    const broker = {
      findGroupCoordinator: () => ({ coordinator: { nodeId: 0 } }),
      offsetFetch: ({ topics }: Asked<object>) => ({
        responses: answer(
          topics,
          ({ partition }) =>
            this.committed.get(partition) ?? { offset: "-1", metadata: "" },
        ),
      }),
      offsetCommit: ({ topics }: Asked<Position>) => {
        answer(
          topics,
          ({ partition, offset, metadata }) =>
            this.committed.set(partition, { offset, metadata }),
        );
      },
      listOffsets: ({ topics }: Asked<{ timestamp: number }>) => ({
        responses: answer(topics, ({ timestamp }) => ({
          offset: String(timestamp === -2 ? OLDEST : NEWEST),
        })),
      }),
    };
    return {
      refreshMetadata: () => Promise.resolve(),
      metadata: {
        topicMetadata: [{
          topic: TOPIC,
          partitionMetadata: Array.from(
            { length: this.size },
            (_, partitionId) => ({ partitionId, leader: 0 }),
          ),
        }],
      },
      findConnectedBroker: () => broker,
      findBroker: () => broker,
    };
  }
}

interface Asked<T> {
  readonly topics: ReadonlyArray<{
    readonly topic: string;
    readonly partitions: ReadonlyArray<T & { readonly partition: number }>;
  }>;
}

function answer<T, R extends object>(
  topics: Asked<T>["topics"],
  respond: (asked: T & { readonly partition: number }) => R,
) {
  return topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((each) => ({
      ...respond(each),
      partition: each.partition,
    })),
  }));
}

Deno.test("GroupMembership.positions() begins a new group with the next event, whoever is first", async () => {
  const cluster = new FakeCluster(3);
  const first = await cluster.member();
  assertEquals(await cluster.begin(first, [0, 2]), [NEWEST, NEWEST]);
  const second = await cluster.member();
  assertEquals(await cluster.begin(second, [1]), [NEWEST]);
});

Deno.test("GroupMembership.positions() reads a partition from its beginning that came while nobody was there", async () => {
  const cluster = new FakeCluster(2);
  const before = await cluster.member();
  await cluster.begin(before, [0, 1]);
  await before.commit([{ topic: TOPIC, partition: 0, offset: 20 }]);
  cluster.size = 4;
  // One member has only what is new, the other what is old too.
  assertEquals(await cluster.begin(await cluster.member(), [3]), [OLDEST]);
  const other = await cluster.member();
  assertEquals(await cluster.begin(other, [0, 1, 2]), [20, NEWEST, OLDEST]);
});

Deno.test("GroupMembership.positions() knows a later partition after one that came before it", async () => {
  const cluster = new FakeCluster(1);
  await cluster.begin(await cluster.member(), [0]);
  cluster.size = 2;
  await cluster.begin(await cluster.member(), [0]); // and dies before it has 1
  assertEquals(await cluster.begin(await cluster.member(), [1]), [OLDEST]);
});

Deno.test("GroupMembership.positions() reads nothing old that another client has no position in", async () => {
  const cluster = new FakeCluster(2);
  cluster.committed.set(0, { offset: "5", metadata: null });
  const member = await cluster.member();
  assertEquals(await cluster.begin(member, [1, 0]), [NEWEST, 5]);
  await member.commit([{ topic: TOPIC, partition: 0, offset: 6 }]);
  cluster.size = 3;
  assertEquals(await cluster.begin(await cluster.member(), [2]), [OLDEST]);
});

Deno.test("GroupMembership.positions() reads a topic from its beginning that came late, and with fromBeginning", async () => {
  const late = new FakeCluster(1);
  assertEquals(await late.begin(await late.member(), [0], true), [OLDEST]);
  const all = new FakeCluster(1);
  assertEquals(await all.begin(await all.member(true), [0]), [OLDEST]);
});
