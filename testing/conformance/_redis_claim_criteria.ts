// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import { type RedisCriteria, until } from "./_redis_criterion.ts";

/** Comparing, claims and scripts. */
export const CLAIM_CRITERIA: RedisCriteria = {
  async "compareAndSet() replaces what is expected only"(redis, key) {
    assert.equal(await redis.compareAndSet(key, "a", "b"), false);
    await redis.set(key, "a");
    assert.equal(await redis.compareAndSet(key, "x", "b"), false);
    assert.equal(
      await redis.compareAndSet(key, "a", "b", { ttlMs: 60_000 }),
      true,
    );
    assert.equal(await redis.get(key), "b");
    assert.ok(await redis.ttl(key) > 0);
    assert.equal(await redis.compareAndSet(key, "b", "c"), true);
    assert.equal(await redis.ttl(key), -1);
  },

  async "compareAndDelete() deletes what is expected only"(redis, key) {
    await redis.set(key, "a");
    assert.equal(await redis.compareAndDelete(key, "x"), false);
    assert.equal(await redis.compareAndDelete(key, "a"), true);
    assert.equal(await redis.compareAndDelete(key, "a"), false);
  },

  async "compareAndExpire() renews what is expected only"(redis, key) {
    await redis.set(key, "a");
    assert.equal(await redis.compareAndExpire(key, "x", 60_000), false);
    assert.equal(await redis.ttl(key), -1);
    assert.equal(await redis.compareAndExpire(key, "a", 60_000), true);
    assert.ok(await redis.ttl(key) > 0);
    await assert.rejects(redis.compareAndExpire(key, "a", 0), RangeError);
  },

  async "claim() grants one of 50 calls"(redis, key) {
    const claims = await Promise.all(
      Array.from({ length: 50 }, () => redis.claim(key, { ttlMs: 60_000 })),
    );
    const granted = claims.filter((claim) => claim !== null);
    assert.equal(granted.length, 1);
    assert.equal(granted[0]?.key, key);
    assert.equal(await redis.get(key), granted[0]?.token);
  },

  async "claim() refuses what is no time to live"(redis, key) {
    const wrong = [undefined, {}, { ttlMs: 0 }, { ttlMs: "5" }];
    for (const options of wrong as Array<{ ttlMs: number }>) {
      await assert.rejects(
        async () => await redis.claim(key, options),
        /"ttlMs" must be a positive integer of milliseconds/,
      );
    }
    assert.equal(await redis.exists(key), false);
  },

  async "claim() counts its fence up"(redis, key) {
    const fences: number[] = [];
    for (let i = 0; i < 3; i++) {
      await using claim = await redis.claim(key, { ttlMs: 60_000 });
      assert.ok(claim);
      fences.push(claim.fence);
    }
    assert.deepEqual(fences, [1, 2, 3]);
    assert.equal(await redis.exists(key), false);
  },

  async "a claim ends with its time, and its holder cannot touch the next"(
    redis,
    key,
  ) {
    const late = await redis.claim(key, { ttlMs: 1 });
    assert.ok(late);
    await until(async () => !await redis.exists(key));
    const next = await redis.claim(key, { ttlMs: 60_000 });
    assert.ok(next && next.fence > late.fence);
    assert.equal(await late.extend(60_000), false);
    assert.equal(await late.release(), false);
    assert.equal(await redis.get(key), next.token);
  },

  async "extend() gives a claim more time"(redis, key) {
    const claim = await redis.claim(key, { ttlMs: 10_000 });
    assert.equal(await claim?.extend(600_000), true);
    assert.ok(await redis.ttl(key) > 10_000);
  },

  async "release() of a claim is idempotent"(redis, key) {
    const claim = await redis.claim(key, { ttlMs: 60_000 });
    assert.equal(await claim?.release(), true);
    const other = await redis.claim(key, { ttlMs: 60_000 });
    assert.equal(await claim?.release(), true);
    assert.equal(await claim?.extend(60_000), false);
    assert.equal(await redis.get(key), other?.token);
  },

  async "executeScript() refuses a script that was never registered"(redis) {
    const sha = "0".repeat(40);
    await assert.rejects(redis.executeScript(sha, [], []), {
      name: "RedisCommandError",
      code: "NOSCRIPT",
    });
  },

  async "registerScript() gives the digest of the body"(redis) {
    assert.equal(
      await redis.registerScript("return 1"),
      "e0e1f9fabfc9d4800c877a703b823ac0578ff8db",
    );
  },
};
