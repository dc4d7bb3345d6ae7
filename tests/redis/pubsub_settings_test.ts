// Copyright 2026 the HuleEdu authors. MIT license.

import { assertThrows } from "@std/assert";
import {
  type PubSubSettings,
  RedisClient,
  RedisPubSub,
} from "../../redis/mod.ts";
import { MemoryPubSub } from "../../testing/memory_pubsub.ts";

const SERVER = { clientId: "t", url: "redis://127.0.0.1:1" };

Deno.test("the settings of publish and subscribe are checked wherever they are given", () => {
  const wrong: ReadonlyArray<readonly [PubSubSettings, string]> = [
    [{ pingIntervalMs: 0 }, '"pingIntervalMs" must be a positive'],
    [{ pingIntervalMs: 2 ** 31 }, '"pingIntervalMs" must be at most'],
    [{ history: { size: 0 } }, '"history.size"'],
    [{ history: { ttlMs: 1.5 } }, '"history.ttlMs"'],
  ];
  for (const [settings, field] of wrong) {
    for (const connect of [RedisPubSub, RedisClient]) {
      const options = { ...SERVER, ...settings };
      assertThrows(
        () => new connect(options),
        RangeError,
        `Cannot create RedisPubSub: ${field}`,
      );
    }
  }
  const history = "yes" as unknown as PubSubSettings["history"] & object;
  for (const connect of [RedisPubSub, RedisClient]) {
    const options = { ...SERVER, history };
    assertThrows(() => new connect(options), TypeError, '"history"');
  }
  assertThrows(() => new MemoryPubSub({ history }), TypeError, '"history"');
});
