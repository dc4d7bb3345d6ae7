// Copyright 2026 the HuleEdu authors. MIT license.

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The partition of a keyed record: the same as the Java client and kafkajs
 * choose, so that producers of all three keep one order per key.
 *
 * @param key The record's key.
 * @param partitions How many partitions the topic has.
 * @returns An index from 0 to `partitions` - 1.
 */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** MurmurHash2, 32 bits, with Kafka's seed (`Utils.murmur2` of its Java client). */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const aligned = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < aligned; i += 4) {
    let k = bytes[i]! | bytes[i + 1]! << 8 | bytes[i + 2]! << 16 |
      bytes[i + 3]! << 24;
    k = Math.imul(k, M);
    k = Math.imul(k ^ k >>> 24, M);
    h = Math.imul(h, M) ^ k;
  }
  const rest = length - aligned;
  if (rest >= 3) h ^= bytes[aligned + 2]! << 16;
  if (rest >= 2) h ^= bytes[aligned + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ bytes[aligned]!, M);
  h = Math.imul(h ^ h >>> 13, M);
  return h ^ h >>> 15;
}
