// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";

import { decodeTopicId, encodeTopicIdRequest } from "../../kafka/_topic_id.ts";

/** Said by Kafka 4.1; behind the id of the topic come its partitions. */
const HEAD =
  "000000000002000000010a3132372e302e302e31000098b40000174f47794c38" +
  "446b635154797858744e46734a386547670000000102";
const FOUND = "0000135f5f636f6e73756d65725f6f6666736574732353f7f05e6e4e3c91d4" +
  "e648ec25f73101050000000000010000000100000000020000000102000000010100000000";
const MISSING =
  "0003056e6f706500000000000000000000000000000000000180000000008" +
  "000000000";

Deno.test("encodeTopicIdRequest() asks by name, also by a long one", () => {
  for (const [topic, length] of [["essays", "07"], ["e".repeat(249), "fa01"]]) {
    const name = Buffer.from(topic!).toString("hex");
    assertEquals(
      encodeTopicIdRequest(topic!).toString("hex"),
      `0002${"00".repeat(16)}${length}${name}0000000000`,
    );
  }
});

Deno.test("decodeTopicId() reads the id, where there is one", () => {
  const idOf = (hex: string) => decodeTopicId(Buffer.from(hex, "hex")).id;
  assertEquals(idOf(HEAD + FOUND), "2353f7f05e6e4e3c91d4e648ec25f731");
  assertEquals(idOf(HEAD + MISSING), undefined);
  assertEquals(idOf(HEAD.slice(0, -2) + "01"), undefined);
});
