// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import { named, type RedisCriteria, until } from "./_redis_criterion.ts";

/** Keys, text and times to live. */
export const KEY_CRITERIA: RedisCriteria = {
  async "get() tells an empty value from none"(redis, key) {
    await redis.set(key, "");
    assert.equal(await redis.get(key), "");
    assert.equal(await redis.get(`${key}:none`), null);
  },

  async "keeps text as it is"(redis, key) {
    const text = 'åäö 😀 "\r\n\0\\';
    await redis.set(`${key}:${text}`, text);
    assert.equal(await redis.get(`${key}:${text}`), text);
  },

  async "set() without a time to live lasts for good"(redis, key) {
    await redis.setex(key, 60_000, "a");
    await redis.set(key, "b");
    assert.equal(await redis.ttl(key), -1);
  },

  async "setIfNotExists() sets once"(redis, key) {
    assert.equal(await redis.setIfNotExists(key, "a", { ttlMs: 60_000 }), true);
    assert.equal(await redis.setIfNotExists(key, "b"), false);
    assert.equal(await redis.get(key), "a");
    assert.equal(await redis.setIfNotExists(`${key}:2`, "a"), true);
    assert.equal(await redis.ttl(`${key}:2`), -1);
  },

  async "setIfNotExists() grants one of 100 calls"(redis, key) {
    const answers = await Promise.all(
      Array.from(
        { length: 100 },
        (_, i) => redis.setIfNotExists(key, String(i)),
      ),
    );
    assert.equal(answers.filter(Boolean).length, 1);
    assert.equal(await redis.get(key), String(answers.indexOf(true)));
  },

  async "a key ends with its time to live"(redis, key) {
    await redis.setex(key, 1, "a");
    await until(async () => !await redis.exists(key));
    assert.equal(await redis.get(key), null);
    assert.equal(await redis.setIfNotExists(key, "b"), true);
  },

  async "ttl() counts milliseconds"(redis, key) {
    await redis.set(key, "a", { ttlMs: 60_000 });
    const left = await redis.ttl(key);
    assert.ok(left > 50_000 && left <= 60_000, `${left} ms left`);
    assert.equal(await redis.ttl(`${key}:none`), -2);
  },

  async "expire() says whether there is such a key"(redis, key) {
    await redis.set(key, "a");
    assert.equal(await redis.expire(key, 60_000), true);
    assert.ok(await redis.ttl(key) > 0);
    assert.equal(await redis.expire(`${key}:none`, 60_000), false);
  },

  async "delete() counts the keys that were there"(redis, key) {
    await redis.set(`${key}:1`, "a");
    await redis.sadd(`${key}:2`, "a");
    const keys = [`${key}:1`, `${key}:2`, `${key}:none`];
    assert.equal(await redis.delete(...keys), 2);
    assert.equal(await redis.deleteKey(`${key}:1`), 0);
    assert.equal(await redis.exists(`${key}:2`), false);
  },

  async "incr() counts from nothing, and each call once"(redis, key) {
    const counts = await Promise.all(
      Array.from({ length: 100 }, () => redis.incr(key)),
    );
    assert.deepEqual(counts, Array.from({ length: 100 }, (_, i) => i + 1));
  },

  async "incr() refuses what is no number"(redis, key) {
    await redis.set(key, "many");
    await assert.rejects(redis.incr(key), {
      name: "RedisCommandError",
      command: "INCR",
      code: "ERR",
    });
  },

  async "refuses a command on a value of another type"(redis, key) {
    await redis.sadd(key, "a");
    const calls = [
      () => redis.get(key),
      () => redis.incr(key),
      () => redis.hset(key, "f", "v"),
      () => redis.rpush(key, "v"),
      () => redis.zadd(key, { a: 1 }),
      () => redis.blpop([key], 1),
    ];
    for (const call of calls) {
      await assert.rejects(call, {
        name: "RedisCommandError",
        code: "WRONGTYPE",
      });
    }
    assert.equal(await redis.setIfNotExists(key, "a"), false);
  },

  async "scanPattern() finds each key once"(redis, key) {
    const keys = Array.from({ length: 250 }, (_, i) => `${key}:a${i}`).sort();
    await Promise.all(keys.map((name) => redis.set(name, "")));
    await redis.set(`${key}:b`, "");
    const found: string[] = [];
    const pattern = `${key}:a*`;
    for await (const name of redis.scanPattern(pattern, { count: 7 })) {
      found.push(name);
    }
    assert.deepEqual(found.sort(), keys);
  },

  async "scanPattern() understands globs"(redis, key) {
    const names = ["a1", "a2", "b1", "a*", "a?", "a[1]", "å1", "a10"];
    await Promise.all(names.map((name) => redis.set(`${key}:${name}`, "")));
    const find = async (glob: string) => {
      const found: string[] = [];
      for await (const name of redis.scanPattern(`${key}:${glob}`)) {
        found.push(name.slice(key.length + 1));
      }
      return found.sort();
    };
    assert.deepEqual(await find("a?"), ["a*", "a1", "a2", "a?"]);
    assert.deepEqual(await find("[a-b]1"), ["a1", "b1"]);
    assert.deepEqual(await find("[^a]1"), ["b1"]);
    assert.deepEqual(await find("a\\*"), ["a*"]);
    assert.deepEqual(await find("a\\[1\\]"), ["a[1]"]);
    assert.deepEqual(await find("none*"), []);
  },

  async "refuses arguments of the wrong kind before the wire"(redis, key) {
    const wrong = undefined as unknown as string;
    await assert.rejects(redis.get(wrong), TypeError);
    await assert.rejects(redis.set(key, 7 as unknown as string), TypeError);
    await assert.rejects(redis.setex(key, 0, "a"), RangeError);
    await assert.rejects(redis.set(key, "a", { ttlMs: -1 }), RangeError);
    await assert.rejects(redis.set(key, "a", { ttlMs: 1.5 }), RangeError);
    await assert.rejects(redis.expire(key, NaN), RangeError);
    assert.equal(await redis.exists(key), false);
  },

  async "refuses empty lists before the wire"(redis, key) {
    const calls = [
      () => redis.delete(),
      () => redis.sadd(key),
      () => redis.srem(key),
      () => redis.zadd(key, {}),
      () => redis.zrem(key),
      () => redis.hmget(key),
      () => redis.hdel(key),
      () => redis.lpush(key),
      () => redis.rpush(key),
      () => redis.blpop([]),
      () => redis.watch(),
    ];
    for (const call of calls) await assert.rejects(call, named("TypeError"));
  },

  async "ping() answers"(redis) {
    assert.equal(await redis.ping(), true);
  },
};
