// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import fc from "fast-check";
import type { Clock } from "../../protocols.ts";
import { RetryError } from "../../reliability/errors.ts";
import { retry } from "../../reliability/retry.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { seededRandom } from "../../testing/seeded_random.ts";

/** A clock that keeps the sleeps it was asked for and does not wait. */
class SleepRecorder implements Clock {
  readonly sleeps: number[] = [];

  now(): number {
    return 0;
  }

  monotonic(): number {
    return 0;
  }

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    return Promise.resolve();
  }
}

function failing(): Promise<never> {
  return Promise.reject(new Error("busy"));
}

Deno.test("retry() answers what the first successful call answers", async () => {
  const clock = new SleepRecorder();
  const attempts: number[] = [];
  const answer = await retry((attempt) => {
    attempts.push(attempt);
    return attempt < 3 ? failing() : "done";
  }, { clock });
  assertEquals([answer, attempts], ["done", [1, 2, 3]]);
  assertEquals(clock.sleeps.length, 2);
});

Deno.test("retry() rejects with the last error when its attempts are used up", async () => {
  const clock = new SleepRecorder();
  const causes: Error[] = [];
  const error = await assertRejects(
    () =>
      retry((attempt) => {
        causes.push(new Error(`busy ${attempt}`));
        throw causes.at(-1);
      }, { maxAttempts: 4, clock }),
    RetryError,
    "attempt 4 of 4 failed",
  );
  assertEquals([error.name, error.attempts], ["RetryError", 4]);
  assertStrictEquals(error.cause, causes[3]);
  assertEquals(clock.sleeps.length, 3);
});

Deno.test("retry() doubles its delay up to the longest", async () => {
  const clock = new SleepRecorder();
  await assertRejects(
    () =>
      retry(failing, {
        maxAttempts: 7,
        baseDelayMs: 100,
        maxDelayMs: 1_000,
        jitter: "none",
        clock,
      }),
    RetryError,
  );
  assertEquals(clock.sleeps, [100, 200, 400, 800, 1_000, 1_000]);
});

Deno.test("retry() spreads its delay over the whole range, by its random source", async () => {
  const options = fc.record({
    seed: fc.integer(),
    maxAttempts: fc.integer({ min: 1, max: 1_200 }),
    baseDelayMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    maxDelayMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(options, async ({ seed, ...delays }) => {
      const runs = [new SleepRecorder(), new SleepRecorder()];
      for (const clock of runs) {
        const random = seededRandom(seed);
        await retry(failing, { ...delays, random, clock }).catch(() => {});
      }
      assertEquals(runs[0]?.sleeps, runs[1]?.sleeps);
      assertEquals(runs[0]?.sleeps.length, delays.maxAttempts - 1);
      for (const [index, ms] of runs[0]?.sleeps.entries() ?? []) {
        const longest = delays.baseDelayMs * 2 ** Math.min(index, 1_000);
        assert(ms >= 0 && ms <= Math.min(delays.maxDelayMs, longest));
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("retry() throws an error that is not retriable as it is", async () => {
  const fatal = new TypeError("no");
  const seen: Array<[unknown, number]> = [];
  const thrown = await assertRejects(() =>
    retry(() => Promise.reject(fatal), {
      isRetriable: (error, attempt) => {
        seen.push([error, attempt]);
        return false;
      },
    })
  );
  assertStrictEquals(thrown, fatal);
  assertEquals(seen, [[fatal, 1]]);
});

Deno.test("retry() does not begin when its signal has fired", async () => {
  const reason = new Error("stop");
  const thrown = await assertRejects(() =>
    retry(() => {
      throw new Error("was called");
    }, { signal: AbortSignal.abort(reason) })
  );
  assertStrictEquals(thrown, reason);
});

Deno.test("retry() gives up while it waits when its signal fires", async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const reason = new Error("stop");
  let calls = 0;
  const retried = assertRejects(() =>
    retry(() => {
      calls++;
      return failing();
    }, { clock, signal: controller.signal, jitter: "none" })
  );
  await clock.advance(50);
  assertEquals(clock.pendingSleeps, 1);
  controller.abort(reason);
  assertStrictEquals(await retried, reason);
  assertEquals([calls, clock.pendingSleeps], [1, 0]);
});

Deno.test("retry() rejects with the signal's reason when the call ended by it", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  const thrown = await assertRejects(() =>
    retry(() => {
      controller.abort(reason);
      return failing();
    }, { signal: controller.signal })
  );
  assertStrictEquals(thrown, reason);
});

Deno.test("retry() takes no limit of attempts", async () => {
  const clock = new SleepRecorder();
  const answer = await retry(
    (attempt) => attempt < 2_000 ? failing() : attempt,
    { maxAttempts: Infinity, clock },
  );
  assertEquals(answer, 2_000);
});

Deno.test("retry() refuses options that make no sense", async () => {
  const never = (): never => {
    throw new Error("was called");
  };
  await assertRejects(
    () => retry(never, { maxAttempts: 0 }),
    RangeError,
    'Cannot retry: "maxAttempts" must be an integer of at least 1, received 0',
  );
  await assertRejects(() => retry(never, { maxAttempts: 1.5 }), RangeError);
  await assertRejects(() => retry(never, { baseDelayMs: -1 }), RangeError);
  await assertRejects(() => retry(never, { maxDelayMs: NaN }), RangeError);
  await assertRejects(
    () => retry(never, { jitter: "half" as "full" }),
    TypeError,
    'must be one of "full", "none", received "half"',
  );
});
