// Copyright 2026 the HuleEdu authors. MIT license.

// Asks a cluster how it is, from outside the library, with plain kafkajs.

import type { Admin, PartitionMetadata } from "kafkajs";
import { setTimeout as delay } from "node:timers/promises";

import { plainKafka } from "./_kafka_harness.ts";

/** Between two questions to a broker. */
const PAUSE_MS = 50;
const OFFSETS_TOPIC = "__consumer_offsets";

/** Does something as an administrator of the cluster. */
export async function administer<T>(
  servers: string,
  task: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = plainKafka(servers).admin();
  await admin.connect();
  try {
    return await task(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Resolves when a group has no members. */
export async function groupIsEmpty(
  servers: string,
  groupId: string,
): Promise<void> {
  await administer(servers, async (admin) => {
    for (;;) {
      const { groups } = await admin.describeGroups([groupId]);
      if (groups[0]?.members.length === 0) return;
      await delay(PAUSE_MS);
    }
  });
}

/** Where a group stands in a topic, by partition; -1 where it never committed. */
export async function committedOffsets(
  servers: string,
  groupId: string,
  topic: string,
): Promise<number[]> {
  const [found] = await administer(
    servers,
    (admin) => admin.fetchOffsets({ groupId, topics: [topic] }),
  );
  const offsets: number[] = [];
  for (const { partition, offset } of found?.partitions ?? []) {
    offsets[partition] = Number(offset);
  }
  return offsets;
}

/** The offset after the last record of each partition of a topic. */
export async function endOffsets(
  servers: string,
  topic: string,
): Promise<number[]> {
  const ends: number[] = [];
  for (
    const { partition, high } of await administer(
      servers,
      (admin) => admin.fetchTopicOffsets(topic),
    )
  ) ends[partition] = Number(high);
  return ends;
}

/** Creates a topic that is not there yet. */
export async function createPartitions(
  servers: string,
  topic: string,
  numPartitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({
    name,
    value,
  }));
  await administer(servers, (admin) =>
    admin.createTopics({
      topics: [{ topic, numPartitions, configEntries }],
      waitForLeaders: true,
    }));
}

/** Adds partitions to a topic, up to `count`, and waits for their leaders. */
export async function addPartitions(
  servers: string,
  topic: string,
  count: number,
): Promise<void> {
  await administer(servers, async (admin) => {
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    await untilPartitions(
      admin,
      topic,
      (partitions) =>
        partitions.filter(({ leader }) => leader >= 0).length === count,
    );
  });
}

/** Deletes the records of partition 0 of a topic that stand before `offset`. */
export async function deleteRecordsBefore(
  servers: string,
  topic: string,
  offset: number,
): Promise<void> {
  const partitions = [{ partition: 0, offset: String(offset) }];
  await administer(servers, async (admin) => {
    // kafkajs finds the leader only when it has asked for the topic before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions });
  });
}

/** Resolves when every partition of a topic has so many replicas in sync. */
export async function inSync(
  servers: string,
  topic: string,
  replicas: number,
): Promise<void> {
  await administer(
    servers,
    (admin) =>
      untilPartitions(
        admin,
        topic,
        (partitions) => partitions.every(({ isr }) => isr.length === replicas),
      ),
  );
}

async function untilPartitions(
  admin: Admin,
  topic: string,
  areSo: (partitions: readonly PartitionMetadata[]) => boolean,
): Promise<void> {
  for (;;) {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    if (areSo(topics[0]?.partitions ?? [])) return;
    await delay(PAUSE_MS);
  }
}

/** The node that coordinates a group. */
export async function coordinatorOf(
  servers: string,
  groupId: string,
): Promise<number> {
  const { topics } = await administer(
    servers,
    (admin) => admin.fetchTopicMetadata({ topics: [OFFSETS_TOPIC] }),
  );
  const { partitions } = topics[0]!;
  const own = Math.abs(javaHash(groupId)) % partitions.length;
  return partitions.find(({ partitionId }) => partitionId === own)!.leader;
}

/** `String.hashCode()` of Java, which chooses a group's partition. */
function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash, 31) + text.charCodeAt(i) | 0;
  }
  return hash;
}
