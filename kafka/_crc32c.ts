// Copyright 2026 the HuleEdu authors. MIT license.

// CRC-32C (Castagnoli), which Kafka puts over a record batch: RFC 3720,
// appendix B.4, reflected polynomial 0x82F63B78. Eight tables take eight bytes
// a step ("slicing-by-8", Kounavis and Berry, 2005).

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

let tables: Int32Array | undefined;

/**
 * The CRC-32C of `bytes` from `start` to the end, as an unsigned 32-bit integer.
 */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  const t = tables ??= makeTables();
  let crc = -1;
  let i = start;
  for (; i + SLICES <= end; i += SLICES) {
    const low = crc ^
      (bytes[i]! | bytes[i + 1]! << 8 | bytes[i + 2]! << 16 |
        bytes[i + 3]! << 24);
    crc = t[1792 + (low & 255)]! ^ t[1536 + (low >>> 8 & 255)]! ^
      t[1280 + (low >>> 16 & 255)]! ^ t[1024 + (low >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^ t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^ t[bytes[i + 7]!]!;
  }
  for (; i < end; i++) {
    crc = t[(crc ^ bytes[i]!) & 255]! ^ crc >>> 8;
  }
  return ~crc >>> 0;
}

function makeTables(): Int32Array {
  const t = new Int32Array(SLICES * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
    }
    t[n] = crc;
  }
  for (let n = 256; n < t.length; n++) {
    const previous = t[n - 256]!;
    t[n] = previous >>> 8 ^ t[previous & 255]!;
  }
  return t;
}
