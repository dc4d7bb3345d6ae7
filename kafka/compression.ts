// Copyright 2026 the HuleEdu authors. MIT license.

import { gunzipSync, gzipSync } from "node:zlib";

/**
 * How records are compressed. `"gzip"` is built in; the others need a codec in
 * the `codecs` option.
 */
export type CompressionName = "none" | "gzip" | "snappy" | "lz4" | "zstd";

/**
 * Compresses and decompresses the records of a batch, whole and at once, in the
 * form that Kafka has for the name: Snappy with Xerial framing, LZ4 frames,
 * Zstandard frames.
 */
export interface CompressionCodec {
  /** Compresses. */
  compress(bytes: Uint8Array): Uint8Array;
  /** Decompresses. */
  decompress(bytes: Uint8Array): Uint8Array;
}

/** Codecs by the name of their compression. */
export type CompressionCodecs = Readonly<
  Partial<Record<"snappy" | "lz4" | "zstd", CompressionCodec>>
>;

/** The names in order of their numbers in a batch's attributes. */
const NAMES: readonly CompressionName[] = [
  "none",
  "gzip",
  "snappy",
  "lz4",
  "zstd",
];
const GZIP: CompressionCodec = { compress: gzipSync, decompress: gunzipSync };

/** A compression ready for use. */
export interface Compression {
  /** The number in a batch's attributes. */
  readonly id: number;
  /** The codec, or `null` for none. */
  readonly codec: CompressionCodec | null;
}

/**
 * Finds the codec of a compression.
 *
 * @throws {RangeError} If the name is unknown, or needs a codec that is not given.
 */
export function compressionByName(
  subject: string,
  name: CompressionName,
  codecs: CompressionCodecs,
): Compression {
  const id = NAMES.indexOf(name);
  if (id === -1) {
    throw new RangeError(
      `Cannot create ${subject}: "compression" must be one of ${
        NAMES.join(", ")
      }`,
    );
  }
  const codec = codecOf(name, codecs);
  if (codec === undefined) {
    throw new RangeError(
      `Cannot create ${subject}: "compression" ${name} needs a codec in "codecs"`,
    );
  }
  return { id, codec };
}

/**
 * Decompresses what a batch says is compressed with number `id`.
 *
 * @throws {Error} If there is no codec for it.
 */
export function decompress(
  bytes: Uint8Array,
  id: number,
  codecs: CompressionCodecs,
): Uint8Array {
  const name = NAMES[id];
  const codec = name && codecOf(name, codecs);
  if (codec) return codec.decompress(bytes);
  if (codec === null) return bytes;
  throw new Error(
    `Record batch is compressed with ${
      name ?? `codec ${id}`
    }, and "codecs" has no codec for it`,
  );
}

function codecOf(
  name: CompressionName,
  codecs: CompressionCodecs,
): CompressionCodec | null | undefined {
  if (name === "none") return null;
  return name === "gzip" ? GZIP : codecs[name];
}
