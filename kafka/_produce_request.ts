// Copyright 2026 the HuleEdu authors. MIT license.

// Writes a Produce request, version 7, straight into one buffer. Formats:
// "Produce API" and "Record Batch" in the protocol guide of Apache Kafka.

import { Buffer } from "node:buffer";

import type { Compression } from "./compression.ts";
import { crc32c } from "./_crc32c.ts";
import type { OutgoingBatch, OutgoingRecord } from "./engine.ts";

const ACKS_ALL = -1;
const MAGIC = 2;
const BATCH_HEADER_BYTES = 61;
/** Where the checksum's range begins, after length, epoch, magic and checksum. */
const CRC_START = 21;
/** The most that a record takes beyond its key, value and headers. */
const RECORD_OVERHEAD_BYTES = 40;
const HEADER_OVERHEAD_BYTES = 10;

/** An upper bound of the bytes a record takes in a batch. */
export function recordBytes(record: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (record.key?.length ?? 0) +
    (record.value?.length ?? 0);
  for (const [name, value] of record.headers) {
    bytes += HEADER_OVERHEAD_BYTES + name.length * 3 + value.length;
  }
  return bytes;
}

/** The body of a Produce request for `batches`. */
export function encodeProduceRequest(
  batches: readonly OutgoingBatch[],
  compression: Compression,
  timeoutMs: number,
): Buffer {
  const byTopic = new Map<string, OutgoingBatch[]>();
  for (const batch of batches) {
    const ofTopic = byTopic.get(batch.topic);
    if (ofTopic) ofTopic.push(batch);
    else byTopic.set(batch.topic, [batch]);
  }
  let bound = 12;
  for (const topic of byTopic.keys()) bound += 6 + topic.length * 3;
  for (const batch of batches) {
    bound += 8 + BATCH_HEADER_BYTES;
    for (const record of batch.records) bound += recordBytes(record);
  }
  const out = Buffer.allocUnsafe(bound);
  let at = out.writeInt16BE(-1, 0); // no transactional id
  at = out.writeInt16BE(ACKS_ALL, at);
  at = out.writeInt32BE(timeoutMs, at);
  at = out.writeInt32BE(byTopic.size, at);
  for (const [topic, ofTopic] of byTopic) {
    const nameLength = out.write(topic, at + 2);
    at = out.writeInt16BE(nameLength, at) + nameLength;
    at = out.writeInt32BE(ofTopic.length, at);
    for (const batch of ofTopic) {
      at = out.writeInt32BE(batch.partition, at);
      const end = writeBatch(out, at + 4, batch, compression);
      out.writeInt32BE(end - at - 4, at);
      at = end;
    }
  }
  return out.subarray(0, at);
}

function writeBatch(
  out: Buffer,
  start: number,
  batch: OutgoingBatch,
  compression: Compression,
): number {
  const { records, identity } = batch;
  let firstTimestamp = Infinity;
  let maxTimestamp = 0;
  for (const { timestamp } of records) {
    if (timestamp < firstTimestamp) firstTimestamp = timestamp;
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
  }
  let end = start + BATCH_HEADER_BYTES;
  for (let i = 0; i < records.length; i++) {
    end = writeRecord(out, end, records[i]!, i, firstTimestamp);
  }
  let attributes = 0;
  if (compression.codec) {
    const plain = out.subarray(start + BATCH_HEADER_BYTES, end);
    const packed = compression.codec.compress(plain);
    // Incompressible records stay as they are: the buffer has no room for more.
    if (packed.length < plain.length) {
      attributes = compression.id;
      out.set(packed, start + BATCH_HEADER_BYTES);
      end = start + BATCH_HEADER_BYTES + packed.length;
    }
  }
  let at = writeInt64(out, 0, start);
  at = out.writeInt32BE(end - start - 12, at);
  at = out.writeInt32BE(-1, at); // the leader fills in its epoch
  at = out.writeInt8(MAGIC, at) + 4;
  at = out.writeInt16BE(attributes, at);
  at = out.writeInt32BE(records.length - 1, at);
  at = writeInt64(out, firstTimestamp, at);
  at = writeInt64(out, maxTimestamp, at);
  at = out.writeBigInt64BE(identity.id, at);
  at = out.writeInt16BE(identity.epoch, at);
  at = out.writeInt32BE(batch.baseSequence, at);
  out.writeInt32BE(records.length, at);
  out.writeUInt32BE(crc32c(out, start + CRC_START, end), start + CRC_START - 4);
  return end;
}

/**
 * Writes the record after a gap for its length, then closes the gap: the
 * length is a varint, and most lengths take two bytes.
 */
function writeRecord(
  out: Buffer,
  start: number,
  record: OutgoingRecord,
  offsetDelta: number,
  firstTimestamp: number,
): number {
  const body = start + 2;
  let at = body;
  out[at++] = 0; // attributes
  at = writeVarint(out, record.timestamp - firstTimestamp, at);
  at = writeVarint(out, offsetDelta, at);
  at = writeBytes(out, record.key, at);
  at = writeBytes(out, record.value, at);
  at = writeVarint(out, record.headers.length, at);
  for (const [name, value] of record.headers) {
    at = writeBytes(out, Buffer.from(name), at);
    at = writeBytes(out, value, at);
  }
  const length = at - body;
  const lengthBytes = varintBytes(length);
  if (lengthBytes !== 2) out.copyWithin(start + lengthBytes, body, at);
  writeVarint(out, length, start);
  return start + lengthBytes + length;
}

function writeBytes(
  out: Buffer,
  bytes: Uint8Array | null,
  at: number,
): number {
  if (bytes === null) {
    out[at] = 1; // the zigzag form of -1
    return at + 1;
  }
  const start = writeVarint(out, bytes.length, at);
  out.set(bytes, start);
  return start + bytes.length;
}

/** Writes a non-negative integer below 2^31 as a zigzag varint. */
function writeVarint(out: Buffer, value: number, at: number): number {
  let rest = value << 1 >>> 0;
  while (rest > 127) {
    out[at++] = rest & 127 | 128;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value << 1 >>> 0; rest > 127; rest >>>= 7) bytes++;
  return bytes;
}

/** Writes a non-negative safe integer; cheaper than by way of a BigInt. */
function writeInt64(out: Buffer, value: number, at: number): number {
  out.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at);
  return out.writeUInt32BE(value % 0x1_0000_0000, at + 4);
}

/** What a broker answers for one partition. */
export interface ProduceResponsePart {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
}

/** Reads a Produce response, version 7. */
export function decodeProduceResponse(bytes: Buffer): ProduceResponsePart[] {
  const parts: ProduceResponsePart[] = [];
  let at = 4;
  for (let topics = bytes.readInt32BE(0); topics > 0; topics--) {
    const length = bytes.readInt16BE(at);
    const topic = bytes.toString("utf8", at + 2, at + 2 + length);
    at += 2 + length;
    const count = bytes.readInt32BE(at);
    at += 4;
    for (let i = 0; i < count; i++) {
      parts.push({
        topic,
        partition: bytes.readInt32BE(at),
        errorCode: bytes.readInt16BE(at + 4),
        baseOffset: Number(bytes.readBigInt64BE(at + 6)),
      });
      at += 30; // and two times 64 bits: append time, log start offset
    }
  }
  return parts;
}
