// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import { named, type RedisCriteria } from "./_redis_criterion.ts";

/** Start and stop. */
export const LIFECYCLE_CRITERIA: RedisCriteria = {
  async "refuses every call after stop()"(redis, key) {
    await using tx = await redis.watch(key);
    await redis.stop();
    const calls: Array<() => Promise<unknown>> = [
      () => redis.get(key),
      () => redis.setIfNotExists(key, "a"),
      () => redis.delete(key),
      () => redis.ping(),
      () => redis.blpop([key], 1),
      () => redis.registerScript("return 1"),
      () => redis.executeScript("0".repeat(40), [], []),
      () => redis.compareAndSet(key, "a", "b"),
      () => redis.claim(key, { ttlMs: 1_000 }),
      () => redis.watch(key),
      () => redis.multi().set(key, "a").exec(),
      () => redis.transaction([key], () => Promise.resolve()),
      () => redis.scanPattern("*")[Symbol.asyncIterator]().next(),
      () => tx.get(key),
    ];
    for (const call of calls) {
      await assert.rejects(call, named("NotStartedError"));
    }
  },

  async "start() and stop() are idempotent, and can be repeated"(redis, key) {
    await Promise.all([redis.start(), redis.start()]);
    await redis.set(key, "a");
    await Promise.all([redis.stop(), redis.stop()]);
    await redis.stop();
    await Promise.all([redis.start(), redis.start()]);
    assert.equal(await redis.get(key), "a");
    await redis[Symbol.asyncDispose]();
    await assert.rejects(redis.get(key), named("NotStartedError"));
  },

  async "stop() lets what is in flight come to its end"(redis, key) {
    const counts = Array.from({ length: 100 }, () => redis.incr(key));
    await redis.stop();
    assert.deepEqual(
      await Promise.all(counts),
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  },
};
