// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";

import { crc32c } from "../../kafka/_crc32c.ts";
import { murmur2, partitionForKey } from "../../kafka/murmur2.ts";

const encoder = new TextEncoder();

function checksum(bytes: Uint8Array): string {
  return crc32c(bytes, 0, bytes.length).toString(16);
}

// Source: RFC 3720, appendix B.4.
Deno.test("crc32c() gives the checksums of the RFC", () => {
  assertEquals(checksum(new Uint8Array(32)), "8a9136aa");
  assertEquals(checksum(new Uint8Array(32).fill(0xff)), "62a8ab43");
  assertEquals(
    checksum(Uint8Array.from({ length: 32 }, (_, i) => i)),
    "46dd794e",
  );
  assertEquals(
    checksum(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)),
    "113fdb5c",
  );
  assertEquals(checksum(encoder.encode("123456789")), "e3069283");
});

// Source: `UtilsTest.testMurmur2` of Apache Kafka's Java client.
Deno.test("murmur2() hashes as the Java client does", () => {
  const cases: Record<string, number> = {
    "21": -973932308,
    "foobar": -790332482,
    "a-little-bit-long-string": -985981536,
    "a-little-bit-longer-string": -1486304829,
    "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
  };
  for (const [text, hash] of Object.entries(cases)) {
    assertEquals(murmur2(encoder.encode(text)), hash, text);
  }
  assertEquals(murmur2(Uint8Array.of(97, 98, 99)), 479470107);
});

Deno.test("partitionForKey() is never negative", () => {
  assertEquals(partitionForKey(encoder.encode("foobar"), 3), 1357151166 % 3);
});
