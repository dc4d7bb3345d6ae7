// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { testIdempotencyStore } from "../../testing/conformance/idempotency_store_suite.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { MemoryIdempotencyStore } from "../../testing/memory_idempotency_store.ts";

const RECORD = {
  processedBy: "grading",
  eventId: "e-1",
  correlationId: "c-1",
  sourceService: "essays",
};

function registerTest(name: string, fn: () => Promise<void>): void {
  Deno.test(`MemoryIdempotencyStore as ${name}`, fn);
}

testIdempotencyStore(registerTest, () => {
  const clock = new ManualClock();
  const store = new MemoryIdempotencyStore({ clock });
  return Promise.resolve({ store, passTime: (ms) => clock.advance(ms) });
});

function registerRealTimeTest(name: string, fn: () => Promise<void>): void {
  Deno.test(`MemoryIdempotencyStore in real time as ${name}`, fn);
}

testIdempotencyStore(
  registerRealTimeTest,
  () => Promise.resolve({ store: new MemoryIdempotencyStore() }),
);

Deno.test("MemoryIdempotencyStore.status() and record() show what is kept", async () => {
  const store = new MemoryIdempotencyStore();
  assertEquals(store.status("key"), undefined);
  assertEquals(store.record("key"), undefined);
  const claim = await store.claim("key", 1_000, RECORD);
  assertEquals(store.status("key"), "in_progress");
  assertEquals(store.record("key"), RECORD);
  if (claim.status === "claimed") {
    await store.complete("key", claim.token, 1_000);
  }
  assertEquals(store.status("key"), "completed");
});

Deno.test("MemoryIdempotencyStore.clear() forgets everything", async () => {
  const store = new MemoryIdempotencyStore();
  await store.claim("key", 1_000, RECORD);
  store.clear();
  assertEquals(store.status("key"), undefined);
});

Deno.test("MemoryIdempotencyStore.counts tells how often each answer was given", async () => {
  const store = new MemoryIdempotencyStore();
  const claim = await store.claim("key", 1_000, RECORD);
  await store.claim("key", 1_000, RECORD);
  if (claim.status !== "claimed") throw new Error("not claimed");
  await store.extend("key", claim.token, 1_000);
  await store.extend("key", "foreign", 1_000);
  await store.complete("key", claim.token, 1_000);
  await store.claim("key", 1_000, RECORD);
  const other = await store.claim("other", 1_000, RECORD);
  if (other.status === "claimed") await store.release("other", other.token);
  assertEquals(store.counts, {
    claimed: 2,
    duplicates: 1,
    inProgress: 1,
    extended: 1,
    completed: 1,
    released: 1,
    refused: 1,
  });
});

Deno.test("MemoryIdempotencyStore goes by the monotonic clock", async () => {
  const clock = new ManualClock();
  const store = new MemoryIdempotencyStore({ clock });
  await store.claim("key", 1_000, RECORD);
  clock.stepWallClock(3_600_000);
  assertEquals(store.status("key"), "in_progress");
});

Deno.test("MemoryIdempotencyStore refuses times that are not positive", async () => {
  const store = new MemoryIdempotencyStore();
  await assertRejects(
    () => store.claim("key", 0, RECORD),
    RangeError,
    '"leaseMs" must be a positive integer, received 0',
  );
  await assertRejects(() => store.extend("key", "t", -1), RangeError);
  await assertRejects(() => store.complete("key", "t", NaN), RangeError);
});
