// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { keysOf, slotOf } from "../../redis/_command_keys.ts";
import { keySlot } from "../../redis/_key_slot.ts";
import { fenceKey } from "../../redis/fence_key.ts";
import { CrossSlotError } from "../../redis/mod.ts";

// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
Deno.test("keySlot() is what CLUSTER KEYSLOT answers", () => {
  // Each recorded with Redis 7.0.15.
  const recorded: Record<string, number> = {
    "": 0,
    "123456789": 12739,
    "foo": 12182,
    "somekey": 11058,
    "foo{hash_tag}": 2515,
    "bar{hash_tag}": 2515,
    "{user1000}.following": 3443,
    "user1000": 3443,
    "foo{}{bar}": 8363,
    "foo{{bar}}zap": 4015,
    "foo{bar}{zap}": 5061,
    "å": 9800,
    "{å}x": 9800,
  };
  for (const [key, slot] of Object.entries(recorded)) {
    assertEquals([key, keySlot(key)], [key, slot]);
  }
});

Deno.test("the fence of a claim is in the slot of its key", () => {
  const forms = {
    "k": "{k}:fence",
    "a{b": "{a{b}:fence",
    "{a}b": "{a}b:fence",
    "x:{y}:z": "x:{y}:z:fence",
    "a}b": "{20658}a}b:fence",
    "{}{b}": "{3616}{}{b}:fence",
  };
  for (const [key, fence] of Object.entries(forms)) {
    assertEquals(fenceKey(key), fence);
  }
  const odd = ["", "å", "}", "{}", "{}x", "}{", "a}{b}", "a{}b}", "{{}}", "{a"];
  for (const key of [...odd, ...Object.keys(forms)]) {
    assertEquals([key, keySlot(fenceKey(key))], [key, keySlot(key)]);
    assertEquals(fenceKey(key) === key, false);
  }
});

Deno.test("keysOf() knows where the keys of a command are", () => {
  const keys = (name: string, ...args: string[]) =>
    keysOf({ kind: "once", name, args });
  assertEquals(keys("GET", "k"), ["k"]);
  assertEquals(keys("SET", "k", "v", "PX", "1"), ["k"]);
  assertEquals(keys("DEL", "a", "b"), ["a", "b"]);
  assertEquals(keys("EVALSHA", "sha", "2", "a", "b", "arg"), ["a", "b"]);
  assertEquals(keys("EVAL", "return 1", "0", "arg"), []);
  assertEquals(keys("PUBLISH", "c", "m"), []);
  assertEquals(keys("PING"), []);
});

Deno.test("slotOf() refuses keys of several slots, and names the command only", () => {
  assertEquals(slotOf("WATCH", []), null);
  assertEquals(slotOf("WATCH", ["foo"]), 12182);
  assertEquals(slotOf("WATCH", ["{user1000}.a", "{user1000}.b"]), 3443);
  const error = assertThrows(
    () => slotOf("WATCH", ["foo", "bar"]),
    CrossSlotError,
  );
  assertEquals(error.command, "WATCH");
  assertEquals(/foo|bar/.test(error.message), false);
});
