// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";

import {
  compressionByName,
  type CompressionCodec,
  type CompressionName,
} from "../../kafka/compression.ts";
import type { OutgoingRecord } from "../../kafka/engine.ts";
import { KafkaBus } from "../../kafka/kafka_bus.ts";
import { encodeProduceRequest } from "../../kafka/_produce_request.ts";
import { readRecordBatches } from "../../kafka/_record_batches.ts";

/** Cuts runs of one byte; enough to tell compressed from plain. */
const RUNS: CompressionCodec = {
  compress: (bytes) => {
    const out: number[] = [];
    for (let i = 0; i < bytes.length;) {
      let run = 1;
      while (run < 255 && bytes[i + run] === bytes[i]) run++;
      out.push(run, bytes[i]!);
      i += run;
    }
    return Uint8Array.from(out);
  },
  decompress: (bytes) => {
    const out: number[] = [];
    for (let i = 0; i < bytes.length; i += 2) {
      out.push(...Array(bytes[i]!).fill(bytes[i + 1]!));
    }
    return Uint8Array.from(out);
  },
};
const CODECS = { zstd: RUNS };

/** Writes records as a producer does, and reads them as a consumer does. */
function roundTrip(
  records: readonly OutgoingRecord[],
  name: CompressionName,
): { bytes: number; read: unknown[] } {
  const compression = compressionByName("test", name, CODECS);
  const identity = { id: 7n, epoch: 1 };
  const batch = {
    topic: "t",
    partition: 0,
    identity,
    baseSequence: 0,
    records,
  };
  const request = encodeProduceRequest([batch], compression, 1_000);
  // Transactional id, acks, timeout, topics, "t", partitions, partition, size.
  const body = Buffer.from(request.subarray(2 + 2 + 4 + 4 + 3 + 4 + 4 + 4));
  const { records: read, next } = readRecordBatches(body, 0, [], CODECS);
  assertEquals(next, records.length);
  return { bytes: body.length, read };
}

const bytes = fc.uint8Array({ maxLength: 300 });
const nullable = fc.option(bytes, { nil: null });
const records = fc.array(
  fc.record({
    key: nullable,
    value: nullable,
    headers: fc.uniqueArray(
      fc.tuple(fc.string({ minLength: 1, unit: "grapheme" }), bytes),
      { selector: ([name]) => name, maxLength: 4 },
    ),
    timestamp: fc.nat({ max: 2 ** 31 - 1 }).map((ms) => 1_700_000_000_000 + ms),
  }),
  { minLength: 1, maxLength: 40 },
);

for (const name of ["none", "gzip", "zstd"] as const) {
  Deno.test(`record batches come back as they were written, ${name}`, () => {
    fc.assert(fc.property(records, (written) => {
      const { read } = roundTrip(written, name);
      const expected = written.map((record, offset) => ({
        offset,
        key: record.key,
        value: record.value,
        headers: Object.assign(
          Object.create(null),
          Object.fromEntries(record.headers),
        ),
        timestamp: record.timestamp,
      }));
      assertEquals(plain(read), plain(expected));
    }));
  });
}

/** Buffers and arrays of bytes as lists of numbers. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([name, each]) => [name, plain(each)]);
}

Deno.test("compression makes batches of like events smaller", () => {
  const record = {
    key: null,
    value: new Uint8Array(5_000),
    headers: [],
    timestamp: 1,
  };
  assert(roundTrip([record], "gzip").bytes < 500);
  assert(roundTrip([record], "zstd").bytes < 500);
});

Deno.test("readRecordBatches() says which codec is missing", () => {
  const compression = compressionByName("test", "zstd", CODECS);
  const value = new Uint8Array(100);
  const batch = {
    topic: "t",
    partition: 0,
    identity: { id: 0n, epoch: 0 },
    baseSequence: 0,
    records: [{ key: null, value, headers: [], timestamp: 1 }],
  };
  const request = encodeProduceRequest([batch], compression, 1);
  const body = Buffer.from(request.subarray(27));
  assertThrows(() => readRecordBatches(body, 0, [], {}), Error, "zstd");
});

Deno.test("readRecordBatches() refuses a batch that was damaged", () => {
  const compression = compressionByName("test", "none", {});
  const batch = {
    topic: "t",
    partition: 0,
    identity: { id: 0n, epoch: 0 },
    baseSequence: 0,
    records: [{ key: null, value: null, headers: [], timestamp: 1 }],
  };
  const body = Buffer.from(
    encodeProduceRequest([batch], compression, 1).subarray(27),
  );
  body[body.length - 1]! ^= 1;
  assertThrows(() => readRecordBatches(body, 0, [], {}), Error, "checksum");
});

Deno.test("KafkaBus refuses a compression that it has no codec for", () => {
  const server = { clientId: "t", bootstrapServers: "127.0.0.1:9092" };
  assertThrows(
    () => new KafkaBus({ ...server, compression: "lz4" }),
    RangeError,
    "codec",
  );
});
