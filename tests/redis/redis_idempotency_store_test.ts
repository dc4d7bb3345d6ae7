// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { RedisIdempotencyStore } from "../../redis/mod.ts";
import {
  testIdempotencyStore,
} from "../../testing/conformance/idempotency_store_suite.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { MemoryRedis } from "../../testing/memory_redis.ts";

const RECORD = {
  processedBy: "svc",
  eventId: "11111111-1111-4111-8111-111111111111",
  correlationId: "22222222-2222-4222-8222-222222222222",
  sourceService: "fil_tjänst",
};

const FIELDS = '"processed_by": "svc", ' +
  '"event_id": "11111111-1111-4111-8111-111111111111", ' +
  '"correlation_id": "22222222-2222-4222-8222-222222222222", ' +
  '"source_service": "fil_tj\\\\u00e4nst", "token": "[0-9a-f-]{36}"}';

async function setUp() {
  const clock = new ManualClock({ now: 1_750_000_000_000 });
  const redis = await MemoryRedis.connect({ clock });
  const store = new RedisIdempotencyStore(redis, { clock });
  return {
    clock,
    redis,
    store,
    [Symbol.asyncDispose]: () => redis.stop(),
  };
}

testIdempotencyStore(
  (name, fn) => Deno.test(`RedisIdempotencyStore: ${name}`, fn),
  async () => {
    const { clock, redis, store } = await setUp();
    return {
      store,
      passTime: (ms) => clock.advance(ms),
      close: () => redis.stop(),
    };
  },
);

Deno.test("values are those of the Python services, and a token", async () => {
  await using t = await setUp();
  const claim = await t.store.claim("k", 60_000, RECORD);
  assertMatch(
    await t.redis.get("k") ?? "",
    new RegExp(
      `^{"status": "processing", "started_at": 1750000000\\.0, ${FIELDS}$`,
    ),
  );
  assert(claim.status === "claimed");
  await t.clock.advance(1_234);
  await t.store.complete("k", claim.token, 60_000);
  assertMatch(
    await t.redis.get("k") ?? "",
    new RegExp(
      '^{"status": "completed", "started_at": 1750000000\\.0, ' +
        `"completed_at": 1750000001\\.234, ${FIELDS}$`,
    ),
  );
  assertEquals(await t.redis.ttl("k"), 60_000);
});

Deno.test("what others have left is understood", async () => {
  await using t = await setUp();
  const now = t.clock.now() / 1_000;
  const left: Array<[value: string, status: string]> = [
    // An older version marked events with "1".
    ["1", "completed"],
    ["anything", "completed"],
    ['{"processed_at": 1}', "completed"],
    ['{"status": "completed", "started_at": 1}', "completed"],
    ["[]", "completed"],
    ["null", "completed"],
    [`{"status": "processing", "started_at": ${now - 299}}`, "in_progress"],
    [`{"status": "processing", "started_at": ${now - 301}}`, "claimed"],
    ['{"status": "processing"}', "claimed"],
    ['{"status": "processing", "token": "t"}', "in_progress"],
    ['{"status": "weird"}', "in_progress"],
    ["", "in_progress"],
  ];
  for (const [value, status] of left) {
    await t.redis.set("k", value);
    const claim = await t.store.claim("k", 60_000, RECORD);
    assertEquals(claim.status, status, value);
  }
});

Deno.test("a long handler is not taken for dead by a Python service", async () => {
  await using t = await setUp();
  const claim = await t.store.claim("k", 60_000, RECORD);
  assert(claim.status === "claimed");
  for (let minute = 0; minute < 20; minute++) {
    await t.clock.advance(30_000);
    assertEquals(await t.store.extend("k", claim.token, 60_000), true);
    const { started_at } = JSON.parse(await t.redis.get("k") ?? "");
    assert(t.clock.now() / 1_000 - started_at < 300);
  }
  await t.store.complete("k", claim.token, 60_000);
  const { started_at } = JSON.parse(await t.redis.get("k") ?? "");
  assertEquals(started_at, 1_750_000_000);
});

Deno.test("a claim can be completed by another process that has its token", async () => {
  await using t = await setUp();
  const claim = await t.store.claim("k", 60_000, RECORD);
  assert(claim.status === "claimed");
  const other = new RedisIdempotencyStore(t.redis, { clock: t.clock });
  assertEquals(await other.extend("k", claim.token, 60_000), true);
  assertEquals(await other.complete("k", "stranger", 60_000), false);
  assertEquals(await other.complete("k", claim.token, 60_000), true);
  const { started_at, event_id } = JSON.parse(await t.redis.get("k") ?? "");
  assertEquals([started_at, event_id], [1_750_000_000, RECORD.eventId]);
});
