// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import type { RedisCriteria } from "./_redis_criterion.ts";

/** Sets, sorted sets and hashes. */
export const COLLECTION_CRITERIA: RedisCriteria = {
  async "sadd() and srem() count what is new and what was there"(redis, key) {
    assert.equal(await redis.sadd(key, "a", "b", "a"), 2);
    assert.equal(await redis.sadd(key, "b", "c"), 1);
    assert.equal(await redis.scard(key), 3);
    assert.equal(await redis.srem(key, "a", "x"), 1);
    assert.deepEqual(await redis.smembers(key), new Set(["b", "c"]));
  },

  async "a set with no members is no key"(redis, key) {
    await redis.sadd(key, "a");
    await redis.srem(key, "a");
    assert.equal(await redis.exists(key), false);
    assert.equal(await redis.scard(key), 0);
    assert.deepEqual(await redis.smembers(key), new Set());
  },

  async "spop() takes each member once"(redis, key) {
    await redis.sadd(key, "a", "b");
    const popped = [await redis.spop(key), await redis.spop(key)];
    assert.deepEqual(popped.sort(), ["a", "b"]);
    assert.equal(await redis.spop(key), null);
  },

  async "zadd() counts new members and moves old ones"(redis, key) {
    assert.equal(await redis.zadd(key, { a: 1.5, b: 2 }), 2);
    assert.equal(await redis.zadd(key, { a: 3, c: -1 }), 1);
    assert.deepEqual(await redis.zrange(key, 0, -1), ["c", "b", "a"]);
    assert.equal(await redis.zcard(key), 3);
    assert.equal(await redis.zrem(key, "a", "x"), 1);
  },

  async "zrange() counts ranks from both ends"(redis, key) {
    await redis.zadd(key, { a: 1, b: 2, c: 3, d: 4 });
    assert.deepEqual(await redis.zrange(key, 1, 2), ["b", "c"]);
    assert.deepEqual(await redis.zrange(key, -2, -1), ["c", "d"]);
    assert.deepEqual(await redis.zrange(key, 2, 1), []);
    assert.deepEqual(await redis.zrange(`${key}:none`, 0, -1), []);
  },

  async "zrange() orders one score by the bytes of the members"(redis, key) {
    await redis.zadd(key, { "😀": 0, "\uffee": 0, b: 0, aa: 0, a: 0 });
    const members = await redis.zrange(key, 0, -1);
    assert.deepEqual(members, ["a", "aa", "b", "\uffee", "😀"]);
  },

  async "zrangeWithScores() keeps numbers exact"(redis, key) {
    const scores = { low: -Infinity, tenth: 0.1, big: 1e21, high: Infinity };
    await redis.zadd(key, scores);
    assert.deepEqual(
      await redis.zrangeWithScores(key, 0, -1),
      Object.entries(scores),
    );
    await assert.rejects(redis.zadd(key, { nan: NaN }), RangeError);
  },

  async "hset() says whether the field is new"(redis, key) {
    assert.equal(await redis.hset(key, "f", "v1"), 1);
    assert.equal(await redis.hset(key, "f", "v2"), 0);
    assert.equal(await redis.hget(key, "f"), "v2");
    assert.equal(await redis.hget(key, "x"), null);
    assert.equal(await redis.hexists(key, "f"), true);
    assert.equal(await redis.hexists(key, "x"), false);
  },

  async "hmget() keeps the order asked for"(redis, key) {
    await redis.hset(key, "a", "1");
    await redis.hset(key, "b", "");
    assert.deepEqual(await redis.hmget(key, "b", "x", "a"), ["", null, "1"]);
    assert.deepEqual(await redis.hmget(`${key}:none`, "a"), [null]);
  },

  async "hgetall() takes any field name"(redis, key) {
    const fields = ["__proto__", "constructor", "1", "å"];
    for (const field of fields) await redis.hset(key, field, `v${field}`);
    const hash = await redis.hgetall(key);
    assert.equal(Object.getPrototypeOf(hash), null);
    assert.deepEqual(Object.keys(hash).sort(), fields.sort());
    assert.equal(hash["__proto__"], "v__proto__");
    assert.deepEqual((await redis.hkeys(key)).sort(), fields.sort());
    const none = await redis.hgetall(`${key}:none`);
    assert.deepEqual(Object.keys(none), []);
  },

  async "hdel() counts the fields that were there"(redis, key) {
    await redis.hset(key, "f", "v");
    assert.equal(await redis.hlen(key), 1);
    assert.equal(await redis.hdel(key, "f", "x"), 1);
    assert.equal(await redis.exists(key), false);
  },
};
