// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import type { RedisCriteria } from "./_redis_criterion.ts";

/** Lists, and waiting for them. */
export const LIST_CRITERIA: RedisCriteria = {
  async "rpush() and lpush() give the new length"(redis, key) {
    assert.equal(await redis.rpush(key, "a", "b"), 2);
    assert.equal(await redis.lpush(key, "y", "z"), 4);
    assert.deepEqual(await redis.lrange(key, 0, -1), ["z", "y", "a", "b"]);
    assert.deepEqual(await redis.lrange(key, 1, 2), ["y", "a"]);
    assert.deepEqual(await redis.lrange(`${key}:none`, 0, -1), []);
    assert.equal(await redis.llen(key), 4);
  },

  async "blpop() takes from the first list that has one"(redis, key) {
    await redis.rpush(`${key}:b`, "1", "2");
    const keys = [`${key}:a`, `${key}:b`];
    assert.deepEqual(await redis.blpop(keys, 1), [`${key}:b`, "1"]);
    assert.deepEqual(await redis.blpop(keys, 1), [`${key}:b`, "2"]);
    assert.equal(await redis.exists(`${key}:b`), false);
  },

  async "blpop() answers null when its time is up"(redis, key) {
    assert.equal(await redis.blpop([key], 1), null);
    await assert.rejects(redis.blpop([key], -1), RangeError);
  },

  async "blpop() waits without holding up others"(redis, key) {
    const popped = redis.blpop([key]);
    assert.equal(await redis.ping(), true);
    await redis.rpush(key, "a");
    assert.deepEqual(await popped, [key, "a"]);
  },

  async "blpop() gives each value to one of many"(redis, key) {
    const popped = Promise.all(
      Array.from({ length: 5 }, () => redis.blpop([key])),
    );
    const values = ["1", "2", "3", "4", "5"];
    await redis.rpush(key, ...values);
    const taken = (await popped).map((pop) => pop?.[1]);
    assert.deepEqual(taken.sort(), values);
  },

  async "blpop() ends when its signal is aborted"(redis, key) {
    const abort = new AbortController();
    const reason = new Error("Enough");
    const popped = redis.blpop([key], 0, { signal: abort.signal });
    abort.abort(reason);
    await assert.rejects(popped, reason);
    // The value that comes too late is not lost on it.
    await redis.rpush(key, "a");
    assert.deepEqual(await redis.blpop([key], 1), [key, "a"]);
    await assert.rejects(
      redis.blpop([key], 0, { signal: abort.signal }),
      reason,
    );
  },

  async "blpop() ends when the client is stopped"(redis, key) {
    const popped = redis.blpop([key]);
    const ended = assert.rejects(popped, { name: "NotStartedError" });
    await redis.stop();
    await ended;
  },
};
