// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import { named, type RedisCriteria } from "./_redis_criterion.ts";

interface Refusal extends Error {
  readonly command: string;
  readonly code: string;
  readonly results: readonly unknown[];
}

/** Transactions, each on a connection of its own. */
export const TRANSACTION_CRITERIA: RedisCriteria = {
  async "exec() applies the queue and gives its results"(redis, key) {
    await using tx = await redis.watch(key);
    assert.equal(await tx.get(key), null);
    tx.multi().set(key, "1").incr(key).expire(key, 60_000)
      .hset(`${key}:h`, "f", "v").hdel(`${key}:h`, "x")
      .sadd(`${key}:s`, "a", "b").srem(`${key}:s`, "b")
      .zadd(`${key}:z`, { a: 1 }).zrem(`${key}:z`, "x")
      .rpush(`${key}:l`, "a").lpush(`${key}:l`, "b")
      .setex(`${key}:t`, 60_000, "v").delete(`${key}:t`);
    assert.equal(await redis.exists(key), false);
    const results = [true, 2, true, 1, 0, 2, 1, 1, 0, 1, 2, true, 1];
    assert.deepEqual(await tx.exec(), results);
    assert.equal(await redis.get(key), "2");
  },

  async "exec() applies nothing when a watched key changed"(redis, key) {
    await using tx = await redis.watch(key);
    await redis.set(key, "theirs");
    tx.multi().set(key, "ours").set(`${key}:2`, "ours");
    assert.equal(await tx.exec(), null);
    assert.equal(await redis.get(key), "theirs");
    assert.equal(await redis.exists(`${key}:2`), false);
  },

  async "another transaction does not take the watch away"(redis, key) {
    await using tx = await redis.watch(key);
    await using other = redis.multi();
    other.set(`${key}:other`, "1");
    await other.exec();
    await redis.set(key, "theirs");
    assert.equal(await tx.multi().set(key, "ours").exec(), null);
    assert.equal(await redis.get(key), "theirs");
  },

  async "a change of another key does not matter"(redis, key) {
    await using tx = await redis.watch(key);
    await redis.set(`${key}:2`, "theirs");
    assert.deepEqual(await tx.multi().set(key, "ours").exec(), [true]);
  },

  async "reads see what others have written"(redis, key) {
    await redis.hset(`${key}:h`, "f", "v");
    await redis.sadd(`${key}:s`, "a");
    await using tx = await redis.watch(`${key}:h`);
    assert.equal(await tx.hget(`${key}:h`, "f"), "v");
    assert.deepEqual({ ...await tx.hgetall(`${key}:h`) }, { f: "v" });
    assert.deepEqual(await tx.smembers(`${key}:s`), new Set(["a"]));
    assert.equal(await tx.exists(`${key}:s`), true);
  },

  async "unwatch() forgets the keys and the queue"(redis, key) {
    await using tx = await redis.watch(key);
    tx.multi().set(`${key}:2`, "forgotten");
    await tx.unwatch();
    await redis.set(key, "theirs");
    assert.deepEqual(await tx.multi().set(key, "ours").exec(), [true]);
    assert.equal(await redis.exists(`${key}:2`), false);
  },

  async "reads go on after unwatch(), and exec() applies then"(redis, key) {
    await redis.set(key, "a");
    await using tx = await redis.watch(`${key}:other`);
    await tx.unwatch();
    assert.equal(await tx.get(key), "a");
    await redis.set(`${key}:other`, "theirs");
    assert.deepEqual(await tx.multi().set(key, "b").exec(), [true]);
    assert.equal(await redis.get(key), "b");
  },

  async "what was queued is forgotten at the end of the block"(redis, key) {
    {
      await using tx = await redis.watch(key);
      tx.multi().set(key, "forgotten");
    }
    assert.equal(await redis.exists(key), false);
  },

  async "an empty queue still tells of a change"(redis, key) {
    await using same = await redis.watch(key);
    assert.deepEqual(await same.multi().exec(), []);
    await using changed = await redis.watch(key);
    await redis.set(key, "theirs");
    assert.equal(await changed.multi().exec(), null);
  },

  async "refuses what is out of order"(redis, key) {
    const misuse = named("TransactionStateError");
    await using tx = await redis.watch(key);
    assert.throws(() => tx.set(key, "a"), misuse);
    await assert.rejects(tx.exec(), misuse);
    tx.multi();
    assert.throws(() => tx.multi(), misuse);
    await assert.rejects(tx.get(key), misuse);
    assert.throws(() => tx.delete(), TypeError);
    await tx.exec();
    assert.throws(() => tx.set(key, "a"), misuse);
    await assert.rejects(tx.exec(), misuse);
    assert.equal(await redis.exists(key), false);
  },

  async "a refused command rejects, and the others are applied"(redis, key) {
    await redis.sadd(`${key}:s`, "a");
    await using tx = redis.multi();
    tx.set(key, "a").incr(`${key}:s`).set(`${key}:2`, "b");
    await assert.rejects(tx.exec(), (error: Refusal) => {
      const { name, command, code, results } = error;
      assert.equal(name, "TransactionCommandError");
      assert.deepEqual([command, code], ["INCR", "WRONGTYPE"]);
      const [first, refusal, last] = results;
      assert.deepEqual([first, last], [true, true]);
      assert.equal((refusal as Refusal).code, "WRONGTYPE");
      return true;
    });
    assert.equal(await redis.get(`${key}:2`), "b");
  },

  async "transaction() makes 100 concurrent increments exact"(redis, key) {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        redis.transaction([key], async (tx) => {
          const count = Number(await tx.get(key) ?? "0");
          tx.multi().set(key, String(count + 1));
        }, { maxAttempts: 1_000 })),
    );
    assert.equal(await redis.get(key), "100");
  },

  async "transaction() gives up after maxAttempts"(redis, key) {
    let attempts = 0;
    const run = redis.transaction([key], async (tx) => {
      attempts += 1;
      await redis.incr(key);
      tx.multi().set(key, "ours");
    }, { maxAttempts: 3 });
    await assert.rejects(run, {
      name: "TransactionConflictError",
      attempts: 3,
    });
    assert.equal(attempts, 3);
    assert.equal(await redis.get(key), "3");
  },

  async "transaction() applies nothing when its function fails"(redis, key) {
    const failure = new Error("Changed my mind");
    const run = redis.transaction([key], (tx) => {
      tx.multi().set(key, "ours");
      return Promise.reject(failure);
    });
    await assert.rejects(run, failure);
    assert.equal(await redis.exists(key), false);
  },

  async "transaction() may find that nothing is to be done"(redis, key) {
    const results = await redis.transaction([key], async (tx) => {
      await tx.get(key);
    });
    assert.deepEqual(results, []);
  },
};
