// Copyright 2026 the HuleEdu authors. MIT license.

// Reads record batches, format version 2: "Record Batch" in the protocol guide
// of Apache Kafka.

import type { Buffer } from "node:buffer";

import { type CompressionCodecs, decompress } from "./compression.ts";
import { crc32c } from "./_crc32c.ts";
import type { IncomingRecord } from "./engine.ts";

const MAGIC = 2;
const MAGIC_AT = 16;
const CRC_AT = 17;
const CRC_START = 21;
const HEADER_BYTES = 61;
const CODEC_MASK = 0b111;
const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b10_0000;
/** The type of the control record that ends an aborted transaction. */
const ABORT = 0;
const NO_HEADERS: Readonly<Record<string, Uint8Array>> = Object.freeze({});

const decoder = new TextDecoder();

/** A transaction whose records are to be passed over. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/**
 * The records of a fetch from `from` on, without markers and aborted ones, up to
 * a batch that cannot be read.
 *
 * @throws {Error} If that is the first one.
 */
export function readRecordBatches(
  bytes: Buffer,
  from: number,
  aborted: readonly AbortedTransaction[],
  codecs: CompressionCodecs,
): { readonly records: IncomingRecord[]; readonly next: number } {
  const records: IncomingRecord[] = [];
  const begun = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const skipped = new Set<bigint>();
  let next = from;
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break; // the rest did not fit into the response
    const batch = bytes.subarray(at, end);
    at = end;
    const baseOffset = Number(batch.readBigInt64BE(0));
    const attributes = batch.readInt16BE(21);
    const lastOffset = baseOffset + batch.readInt32BE(23);
    const producerId = batch.readBigInt64BE(43);
    while (begun.length > 0 && begun[0]!.firstOffset <= lastOffset) {
      skipped.add(begun.shift()!.producerId);
    }
    try {
      check(batch);
      if (attributes & CONTROL) {
        if (controlType(batch) === ABORT) skipped.delete(producerId);
      } else if (!(attributes & TRANSACTIONAL && skipped.has(producerId))) {
        const packed = batch.subarray(HEADER_BYTES);
        const body = decompress(packed, attributes & CODEC_MASK, codecs);
        for (const record of readRecords(batch, body, baseOffset, from)) {
          records.push(record);
        }
      }
    } catch (error) {
      // What comes before it can be had all the same.
      if (next > from) return { records, next };
      throw error;
    }
    next = Math.max(next, lastOffset + 1);
  }
  return { records, next };
}

function check(batch: Buffer): void {
  const magic = batch.readInt8(MAGIC_AT);
  if (magic !== MAGIC) {
    throw new Error(
      `Record batch has format version ${magic}, which is not read`,
    );
  }
  if (crc32c(batch, CRC_START, batch.length) !== batch.readUInt32BE(CRC_AT)) {
    throw new Error("Record batch does not match its checksum");
  }
}

function readRecords(
  batch: Buffer,
  body: Uint8Array,
  baseOffset: number,
  from: number,
): IncomingRecord[] {
  const records: IncomingRecord[] = [];
  const baseTimestamp = Number(batch.readBigInt64BE(27));
  const reader = new Reader(body);
  for (let left = batch.readInt32BE(57); left > 0; left--) {
    const end = reader.varint() + reader.at;
    if (end > body.length) throw new Error("Record batch ends too soon");
    reader.at++; // attributes
    const timestamp = baseTimestamp + reader.varlong();
    const offset = baseOffset + reader.varint();
    if (offset >= from) {
      const key = reader.bytes();
      const value = reader.bytes();
      const headers = reader.headers();
      records.push({ offset, key, value, headers, timestamp });
    }
    reader.at = end;
  }
  return records;
}

/** The type in the key of a control batch's record. */
function controlType(batch: Buffer): number {
  const reader = new Reader(batch.subarray(HEADER_BYTES));
  reader.varint();
  reader.at++;
  reader.varlong();
  reader.varint();
  return reader.bytes()?.[3] ?? -1;
}

/** Reads the zigzag varints of records. */
class Reader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = this.#bytes[this.at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 1 ^ -(value & 1);
      shift += 7;
    }
  }

  /** As far as a double goes, which is further than offsets and times do. */
  varlong(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(): Uint8Array | null {
    const length = this.varint();
    if (length < 0) return null;
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  headers(): Readonly<Record<string, Uint8Array>> {
    let count = this.varint();
    if (count === 0) return NO_HEADERS;
    const headers: Record<string, Uint8Array> = Object.create(null);
    for (; count > 0; count--) {
      const name = decoder.decode(this.bytes()!);
      headers[name] = this.bytes() ?? new Uint8Array();
    }
    return headers;
  }
}
