// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { systemClock } from "../../reliability/system_clock.ts";

Deno.test("systemClock.now() is the wall clock", () => {
  using _time = new FakeTime(1_000);
  assertEquals(systemClock.now(), 1_000);
});

Deno.test("systemClock.sleep() resolves after its time", async () => {
  using time = new FakeTime();
  let woken = false;
  const sleep = systemClock.sleep(100).then(() => woken = true);
  await time.tickAsync(99);
  assertEquals(woken, false);
  await time.tickAsync(1);
  await sleep;
});

Deno.test("systemClock.sleep() takes waits longer than a timer can", async () => {
  using time = new FakeTime();
  const days = 60 * 86_400_000;
  let woken = false;
  const sleep = systemClock.sleep(days).then(() => woken = true);
  await time.tickAsync(days - 1);
  assertEquals(woken, false);
  await time.tickAsync(1);
  await sleep;
});

Deno.test("systemClock.sleep() of no time resolves in the next turn", async () => {
  using time = new FakeTime();
  const sleeps = Promise.all([0, -5, NaN].map((ms) => systemClock.sleep(ms)));
  await time.tickAsync(0);
  await sleeps;
});

Deno.test("systemClock.sleep() rejects with the signal's reason and leaves no timer", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const sleep = systemClock.sleep(Infinity, { signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => sleep), reason);
  assertStrictEquals(
    await assertRejects(() =>
      systemClock.sleep(1, { signal: controller.signal })
    ),
    reason,
  );
});
