// Copyright 2026 the HuleEdu authors. MIT license.

/** The slots of a cluster. */
export const SLOTS = 16_384;

/** CRC-16/XMODEM of each byte, as the cluster specification has it. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
});

const ENCODER = new TextEncoder();

/**
 * The slot of a key: of its hash tag, where it has one.
 * https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
export function keySlot(key: string): number {
  const open = key.indexOf("{");
  if (open !== -1) {
    const close = key.indexOf("}", open + 1);
    if (close > open + 1) return crc16(key.slice(open + 1, close)) % SLOTS;
  }
  return crc16(key) % SLOTS;
}

function crc16(text: string): number {
  let crc = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Bytes are what is counted, and only ASCII has one a unit.
    if (unit > 127) return crc16OfBytes(ENCODER.encode(text));
    crc = step(crc, unit);
  }
  return crc;
}

function crc16OfBytes(bytes: Uint8Array): number {
  return bytes.reduce(step, 0);
}

function step(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ byte]!;
}
