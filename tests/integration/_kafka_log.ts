// Copyright 2026 the HuleEdu authors. MIT license.

// Looks at a broker from outside the library, with plain kafkajs.

import type { KafkaMessage } from "kafkajs";

import { administer } from "./_kafka_admin.ts";
import { plainKafka } from "./_kafka_harness.ts";

/** One record of a topic. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** The `event_id` of its body. */
  readonly id: string;
}

/** One position that a group has committed, in the order of the commits. */
export interface CommittedPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Reads a topic to its end, each partition in order of offset. */
export async function readLog(
  servers: string,
  topic: string,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await readToEnd(servers, topic, (partition, { key, value, offset }) => {
    const { event_id: id } = JSON.parse(String(value));
    const text = key === null ? null : String(key);
    records.push({ partition, offset: Number(offset), key: text, id });
  });
  return records.sort((a, b) =>
    a.partition - b.partition || a.offset - b.offset
  );
}

/** Reads every position that a group has ever committed. */
export async function readCommits(
  servers: string,
  groupId: string,
): Promise<CommittedPosition[]> {
  const commits: CommittedPosition[] = [];
  await readToEnd(servers, "__consumer_offsets", (_, { key, value }) => {
    const commit = decodeCommit(key, value);
    if (commit?.group === groupId) commits.push(commit);
  });
  return commits;
}

async function readToEnd(
  servers: string,
  topic: string,
  take: (partition: number, message: KafkaMessage) => void,
): Promise<void> {
  const ends = await administer(
    servers,
    (admin) => admin.fetchTopicOffsets(topic),
  );
  const open = new Map(
    ends.filter(({ high, low }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high)]),
  );
  if (open.size === 0) return;
  const consumer = plainKafka(servers).consumer({
    groupId: `outside-${crypto.randomUUID()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.run({
        eachBatch: ({ batch: { partition, messages } }) => {
          const end = open.get(partition) ?? 0;
          for (const message of messages) {
            const offset = Number(message.offset);
            if (offset < end) take(partition, message);
            if (offset + 1 >= end) open.delete(partition);
          }
          if (open.size === 0) resolve();
          return Promise.resolve();
        },
      }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

// "OffsetCommitKey" and "OffsetCommitValue" of Apache Kafka's coordinator.
const MAX_OFFSET_KEY_VERSION = 1;

function decodeCommit(
  key: Uint8Array | null,
  value: Uint8Array | null,
): CommittedPosition & { readonly group: string } | undefined {
  if (!key || !value) return undefined;
  const view = viewOf(key);
  if (view.getInt16(0) > MAX_OFFSET_KEY_VERSION) return undefined;
  const [group, topicAt] = readText(key, 2);
  const [topic, partitionAt] = readText(key, topicAt);
  const partition = view.getInt32(partitionAt);
  return {
    group,
    topic,
    partition,
    offset: Number(viewOf(value).getBigInt64(2)),
  };
}

function readText(bytes: Uint8Array, at: number): [text: string, end: number] {
  const end = at + 2 + viewOf(bytes).getInt16(at);
  return [new TextDecoder().decode(bytes.subarray(at + 2, end)), end];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
