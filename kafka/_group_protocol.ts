// Copyright 2026 the HuleEdu authors. MIT license.

// What the members of a group tell each other: "Consumer Embedded Protocol" of
// Apache Kafka. The strategy is the one that Java and Python call `roundrobin`,
// so that members of all three can share a group.

import { Buffer } from "node:buffer";

import type { TopicPartition } from "./engine.ts";

/** The name of the strategy, the same for all members. */
export const STRATEGY = "roundrobin";

const VERSION = 0;

/** What a member subscribes to. */
export interface Subscription {
  readonly memberId: string;
  readonly topics: readonly string[];
}

export function encodeSubscription(topics: readonly string[]): Buffer {
  return Buffer.concat([
    int16(VERSION),
    int32(topics.length),
    ...topics.map(text),
    int32(0), // no user data
  ]);
}

export function decodeSubscription(bytes: Buffer): string[] {
  const topics: string[] = [];
  let at = 6;
  for (let left = bytes.readInt32BE(2); left > 0; left--) {
    const length = bytes.readInt16BE(at);
    topics.push(bytes.toString("utf8", at + 2, at + 2 + length));
    at += 2 + length;
  }
  return topics;
}

export function encodeAssignment(
  partitions: readonly TopicPartition[],
): Buffer {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    byTopic.set(topic, [...byTopic.get(topic) ?? [], partition]);
  }
  return Buffer.concat([
    int16(VERSION),
    int32(byTopic.size),
    ...[...byTopic].flatMap(([topic, indices]) => [
      text(topic),
      int32(indices.length),
      ...indices.map(int32),
    ]),
    int32(0), // no user data
  ]);
}

export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  const partitions: TopicPartition[] = [];
  if (bytes.length < 6) return partitions;
  let at = 6;
  for (let topics = bytes.readInt32BE(2); topics > 0; topics--) {
    const length = bytes.readInt16BE(at);
    const topic = bytes.toString("utf8", at + 2, at + 2 + length);
    at += 2 + length;
    let count = bytes.readInt32BE(at);
    at += 4;
    for (; count > 0; count--) {
      partitions.push({ topic, partition: bytes.readInt32BE(at) });
      at += 4;
    }
  }
  return partitions;
}

/** Deals the partitions out in turn, to members that subscribe to the topic. */
export function dealPartitions(
  subscriptions: readonly Subscription[],
  partitions: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> {
  const members = [...subscriptions].sort((a, b) =>
    a.memberId < b.memberId ? -1 : 1
  );
  const hands = new Map<string, TopicPartition[]>(
    members.map(({ memberId }) => [memberId, []]),
  );
  let turn = 0;
  for (const topic of [...partitions.keys()].sort()) {
    if (!members.some(({ topics }) => topics.includes(topic))) continue;
    for (let partition = 0; partition < partitions.get(topic)!; partition++) {
      while (!members[turn % members.length]!.topics.includes(topic)) turn++;
      hands.get(members[turn++ % members.length]!.memberId)!
        .push({ topic, partition });
    }
  }
  return hands;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
