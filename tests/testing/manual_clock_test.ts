// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { ManualClock } from "../../testing/manual_clock.ts";

Deno.test("ManualClock.sleep() waits until the clock is advanced so far", async () => {
  const clock = new ManualClock();
  let woken = false;
  clock.sleep(100).then(() => woken = true);
  await clock.advance(99);
  assertEquals([woken, clock.pendingSleeps], [false, 1]);
  await clock.advance(1);
  assertEquals([woken, clock.pendingSleeps], [true, 0]);
});

Deno.test("ManualClock.sleep() of no time resolves without a move", async () => {
  const clock = new ManualClock();
  await clock.sleep(0);
  await clock.sleep(-1);
  assertEquals(clock.pendingSleeps, 0);
});

Deno.test("ManualClock.sleep() rejects with the signal's reason", async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const reason = new Error("enough");
  const sleep = clock.sleep(100, { signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => sleep), reason);
  assertEquals(clock.pendingSleeps, 0);
  assertStrictEquals(
    await assertRejects(() => clock.sleep(1, { signal: controller.signal })),
    reason,
  );
});

Deno.test("ManualClock.sleep() is deaf to its signal once it has ended", async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const sleep = clock.sleep(1, { signal: controller.signal });
  await clock.advance(1);
  controller.abort();
  await sleep;
});

Deno.test("ManualClock.advance() wakes sleepers in order, each at its time", async () => {
  const delays = fc.array(fc.integer({ min: 1, max: 50 }), {
    maxLength: 20,
    size: "max",
  });
  await fc.assert(fc.asyncProperty(delays, async (ms) => {
    const clock = new ManualClock();
    const woken: Array<[due: number, order: number, at: number]> = [];
    for (const [order, due] of ms.entries()) {
      clock.sleep(due).then(() => woken.push([due, order, clock.monotonic()]));
    }
    await clock.advance(50);
    const expected = ms.map((due, order) => [due, order, due])
      .sort(([a = 0, i = 0], [b = 0, j = 0]) => a - b || i - j);
    assertEquals(woken, expected as typeof woken);
  }));
});

Deno.test("ManualClock.advance() runs a loop that sleeps again and again", async () => {
  const clock = new ManualClock();
  const ticks: number[] = [];
  const loop = (async () => {
    while (ticks.length < 5) {
      await clock.sleep(10);
      for (let i = 0; i < 50; i++) await Promise.resolve();
      ticks.push(clock.monotonic());
    }
  })();
  await clock.advance(35);
  assertEquals(ticks, [10, 20, 30]);
  assertEquals(clock.monotonic(), 35);
  await clock.advance(15);
  assertEquals(ticks, [10, 20, 30, 40, 50]);
  await loop;
});

Deno.test("ManualClock.advance() called twice at once moves twice", async () => {
  const clock = new ManualClock();
  const seen: number[] = [];
  clock.sleep(10).then(() => seen.push(clock.monotonic()));
  clock.sleep(20).then(() => seen.push(clock.monotonic()));
  await Promise.all([clock.advance(10), clock.advance(10)]);
  assertEquals(seen, [10, 20]);
});

Deno.test("ManualClock.stepWallClock() moves now() and nothing else", async () => {
  const clock = new ManualClock({ now: 1_000 });
  const sleep = clock.sleep(10);
  clock.stepWallClock(-3_600_000);
  assertEquals([clock.now(), clock.monotonic()], [-3_599_000, 0]);
  assertEquals(clock.pendingSleeps, 1);
  await clock.advance(10);
  await sleep;
  assertEquals(clock.now(), -3_598_990);
});

Deno.test("ManualClock refuses times that are no times", () => {
  assertThrows(() => new ManualClock({ now: NaN }), RangeError, '"now"');
  const clock = new ManualClock();
  assertThrows(() => clock.advance(-1), RangeError, "received -1");
  assertThrows(() => clock.advance(Infinity), RangeError, "received Infinity");
  assertThrows(() => clock.stepWallClock(NaN), RangeError, "received NaN");
});
