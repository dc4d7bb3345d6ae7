// Copyright 2026 the HuleEdu authors. MIT license.

// Writes a Fetch request, version 11, and reads its response: "Fetch API" in
// the protocol guide of Apache Kafka.

import { Buffer } from "node:buffer";

import type { CompressionCodecs } from "./compression.ts";
import type { IncomingRecord, TopicPartition } from "./engine.ts";
import { readRecordBatches } from "./_record_batches.ts";

const READ_COMMITTED = 1;
const NO_SESSION_EPOCH = -1;

/** Where to read on. */
export interface FetchPosition extends TopicPartition {
  readonly next: number;
}

/** How much to read, and how long to wait for it. */
export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
}

/** What a broker answers for one partition. */
export interface FetchedPartition<T extends FetchPosition> {
  /** What was asked for. */
  readonly asked: T;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly records: readonly IncomingRecord[];
  /** Where to read on; beyond the last record where markers follow it. */
  readonly next: number;
  /** Why the first records at `next` cannot be read. */
  readonly unreadable?: unknown;
}

/** The body of a Fetch request. */
export function encodeFetchRequest(
  positions: readonly FetchPosition[],
  limits: FetchLimits,
): Buffer {
  let bound = 40;
  for (const { topic } of positions) bound += 40 + topic.length * 3;
  const out = Buffer.allocUnsafe(bound);
  let at = out.writeInt32BE(-1, 0); // not a replica
  at = out.writeInt32BE(limits.maxWaitMs, at);
  at = out.writeInt32BE(1, at); // at least one byte
  at = out.writeInt32BE(limits.maxBytes, at);
  at = out.writeInt8(READ_COMMITTED, at);
  at = out.writeInt32BE(0, at);
  at = out.writeInt32BE(NO_SESSION_EPOCH, at);
  at = out.writeInt32BE(positions.length, at);
  for (const { topic, partition, next } of positions) {
    const nameLength = out.write(topic, at + 2);
    at = out.writeInt16BE(nameLength, at) + nameLength;
    at = out.writeInt32BE(1, at);
    at = out.writeInt32BE(partition, at);
    at = out.writeInt32BE(-1, at); // any leader epoch
    at = out.writeBigInt64BE(BigInt(next), at);
    at = out.writeBigInt64BE(-1n, at);
    at = out.writeInt32BE(limits.maxPartitionBytes, at);
  }
  at = out.writeInt32BE(0, at); // no forgotten topics
  at = out.writeInt16BE(0, at); // no rack
  return out.subarray(0, at);
}

/** Reads the response to a Fetch request for `positions`. */
export function decodeFetchResponse<T extends FetchPosition>(
  bytes: Buffer,
  positions: readonly T[],
  codecs: CompressionCodecs,
): FetchedPartition<T>[] {
  const fetched: FetchedPartition<T>[] = [];
  let at = 14; // throttle time, error, session, number of topics
  for (let topics = bytes.readInt32BE(10); topics > 0; topics--) {
    const nameLength = bytes.readInt16BE(at);
    const topic = bytes.toString("utf8", at + 2, at + 2 + nameLength);
    at += 2 + nameLength;
    let partitions = bytes.readInt32BE(at);
    at += 4;
    for (; partitions > 0; partitions--) {
      const partition = bytes.readInt32BE(at);
      const errorCode = bytes.readInt16BE(at + 4);
      const highWatermark = Number(bytes.readBigInt64BE(at + 6));
      at += 30; // also the last stable offset and the log's start
      const aborted: Array<{ producerId: bigint; firstOffset: number }> = [];
      let transactions = bytes.readInt32BE(at);
      at += 4;
      for (; transactions > 0; transactions--) {
        aborted.push({
          producerId: bytes.readBigInt64BE(at),
          firstOffset: Number(bytes.readBigInt64BE(at + 8)),
        });
        at += 16;
      }
      at += 4; // the preferred replica
      const size = Math.max(0, bytes.readInt32BE(at));
      at += 4;
      const asked = positions.find((each) =>
        each.partition === partition && each.topic === topic
      );
      const sent = bytes.subarray(at, at + size);
      at += size;
      if (!asked) continue;
      const answer = { asked, errorCode, highWatermark };
      try {
        const read = readRecordBatches(sent, asked.next, aborted, codecs);
        fetched.push({ ...answer, ...read });
      } catch (unreadable) {
        const { next } = asked;
        fetched.push({ ...answer, records: [], next, unreadable });
      }
    }
  }
  return fetched;
}
