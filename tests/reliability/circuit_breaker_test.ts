// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  CircuitBreaker,
  type CircuitBreakerOptions,
} from "../../reliability/circuit_breaker.ts";
import { CircuitOpenError } from "../../reliability/errors.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";

/** A call that settles when the test says so. */
interface HeldCall {
  readonly result: Promise<unknown>;
  succeed(): Promise<void>;
  fail(): Promise<void>;
}

function hold(breaker: CircuitBreaker): HeldCall {
  let resolve = (_value: string): void => {};
  let reject = (_error: Error): void => {};
  const held = new Promise<string>((yes, no) => [resolve, reject] = [yes, no]);
  held.catch(() => {}); // A call that is refused never looks at it.
  const result = breaker.execute(() => held).catch((error) => error);
  return {
    result,
    succeed: async () => {
      resolve("ok");
      await result;
    },
    fail: async () => {
      reject(new Error("down"));
      await result;
    },
  };
}

async function open(
  options: CircuitBreakerOptions = {},
): Promise<{ breaker: CircuitBreaker; clock: ManualClock }> {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({
    failureThreshold: 1,
    clock,
    ...options,
  });
  await hold(breaker).fail();
  assertEquals(breaker.state, "open");
  return { breaker, clock };
}

Deno.test("CircuitBreaker.execute() tells how long an open circuit stays open", async () => {
  const { breaker, clock } = await open({ name: "content" });
  await clock.advance(59_999);
  const error = await assertRejects(
    () => breaker.execute(() => "ok"),
    CircuitOpenError,
    'Circuit "content" is open: retry after 1 ms',
  );
  assertEquals([error.circuit, error.retryAfterMs], ["content", 1]);
  assertEquals(breaker.snapshot().retryAfterMs, 1);
  await clock.advance(1);
  assertEquals(await breaker.execute(() => "ok"), "ok");
});

Deno.test("CircuitBreaker.execute() lets one probe of 50 through", async () => {
  const { breaker, clock } = await open();
  await clock.advance(60_000);
  const calls = Array.from({ length: 50 }, () => hold(breaker));
  assertEquals(breaker.snapshot().activeProbes, 1);
  await calls[0]?.succeed();
  const results = await Promise.all(calls.map((call) => call.result));
  const refused = results.filter((r) => r instanceof CircuitOpenError);
  assertEquals([results[0], refused.length], ["ok", 49]);
});

Deno.test("CircuitBreaker.execute() lets as many probes through as it is told to", async () => {
  const { breaker, clock } = await open({ maxProbes: 3, successThreshold: 3 });
  await clock.advance(60_000);
  const calls = Array.from({ length: 5 }, () => hold(breaker));
  assertEquals(breaker.snapshot().activeProbes, 3);
  await Promise.all(calls.map((call) => call.succeed()));
  assertEquals(breaker.state, "closed");
});

Deno.test("CircuitBreaker ignores late results of calls from before it opened", async () => {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({ failureThreshold: 1, clock });
  const late = [hold(breaker), hold(breaker), hold(breaker)];
  await hold(breaker).fail();
  await clock.advance(50_000);
  await late[0]?.fail();
  await late[1]?.succeed();
  assertEquals([breaker.state, breaker.snapshot().retryAfterMs], [
    "open",
    10_000,
  ]);
  await clock.advance(10_000);
  assertEquals(await breaker.execute(() => "ok"), "ok");
  await late[2]?.fail();
  assertEquals([breaker.state, breaker.snapshot().successCount], [
    "half_open",
    1,
  ]);
});

Deno.test("CircuitBreaker ignores late results after a reset", async () => {
  const breaker = new CircuitBreaker({ failureThreshold: 1 });
  const late = hold(breaker);
  breaker.reset();
  await late.fail();
  assertEquals(breaker.state, "closed");
});

Deno.test("CircuitBreaker gives up a probe that does not answer", async () => {
  const { breaker, clock } = await open();
  await clock.advance(60_000);
  const hung = hold(breaker);
  await clock.advance(59_999);
  const error = await assertRejects(
    () => breaker.execute(() => "ok"),
    CircuitOpenError,
  );
  assertEquals(error.retryAfterMs, 1);
  await clock.advance(1);
  assertEquals(await breaker.execute(() => "ok"), "ok");
  await hung.fail();
  assertEquals([breaker.state, breaker.snapshot().successCount], [
    "half_open",
    1,
  ]);
});

Deno.test("CircuitBreaker is not moved by the wall clock", async () => {
  const { breaker, clock } = await open();
  clock.stepWallClock(3_600_000);
  await assertRejects(() => breaker.execute(() => "ok"), CircuitOpenError);
  clock.stepWallClock(-7_200_000);
  await clock.advance(60_000);
  assertEquals(await breaker.execute(() => "ok"), "ok");
});

Deno.test("CircuitBreaker.execute() passes the signal on and does not count an abort", async () => {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({ failureThreshold: 1, clock });
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error("enough");
  const call = assertRejects(() =>
    breaker.execute((given) => clock.sleep(1_000, { signal: given! }), {
      signal,
    })
  );
  controller.abort(reason);
  assertStrictEquals(await call, reason);
  assertEquals(breaker.state, "closed");

  let called = false;
  const late = await assertRejects(() =>
    breaker.execute(() => called = true, { signal })
  );
  assertStrictEquals(late, reason);
  assertEquals(called, false);
});

Deno.test("CircuitBreaker frees the place of a probe whose error is no failure", async () => {
  const { breaker, clock } = await open({
    isFailure: (error) => !(error instanceof TypeError),
  });
  await clock.advance(60_000);
  await assertRejects(() =>
    breaker.execute(() => {
      throw new TypeError("bad input");
    })
  );
  assertEquals([breaker.state, breaker.snapshot().activeProbes], [
    "half_open",
    0,
  ]);
});

Deno.test("CircuitBreaker.halfOpen() lets a probe through before its time", async () => {
  const { breaker } = await open();
  breaker.halfOpen();
  await hold(breaker).fail();
  assertEquals([breaker.state, breaker.snapshot().retryAfterMs], [
    "open",
    60_000,
  ]);
  breaker.halfOpen();
  await hold(breaker).succeed();
  await hold(breaker).succeed();
  assertEquals(breaker.state, "closed");
  breaker.halfOpen();
  assertEquals(breaker.state, "closed");
});

Deno.test("CircuitBreaker logs failures and changes, and survives its listener", async () => {
  const logger = new RecordingLogger();
  const { breaker } = await open({
    logger,
    onStateChange: () => {
      throw new Error("listener");
    },
  });
  breaker.reset();
  assertEquals(logger.lines.map(({ level, message }) => [level, message]), [
    ["warn", "Call failed"],
    ["error", "Circuit breaker changed state"],
    ["error", "State change listener failed"],
    ["info", "Circuit breaker reset"],
    ["info", "Circuit breaker changed state"],
    ["error", "State change listener failed"],
  ]);
  const opened = logger.find({ fields: { to: "open" } });
  assertEquals(opened?.fields, {
    circuit: "circuit_breaker",
    from: "closed",
    to: "open",
  });
});

Deno.test("CircuitBreaker refuses options that make no sense", () => {
  const wrong: CircuitBreakerOptions[] = [
    { failureThreshold: 0 },
    { failureThreshold: 1.5 },
    { successThreshold: 0 },
    { recoveryTimeoutMs: -1 },
    { recoveryTimeoutMs: Infinity },
    { maxProbes: 0 },
  ];
  for (const options of wrong) {
    assertThrows(() => new CircuitBreaker(options), RangeError);
  }
  assertThrows(
    () => new CircuitBreaker({ failureThreshold: 0 }),
    RangeError,
    'Cannot create circuit breaker: "failureThreshold" must be an integer of ' +
      "at least 1, received 0",
  );
  assertThrows(() => new CircuitBreaker({ name: "" }), TypeError, '"name"');
  const text = { maxProbes: "2" as unknown as number };
  assertThrows(() => new CircuitBreaker(text), TypeError, "received string");
});

Deno.test("CircuitBreaker never has more probes than allowed, and always recovers", async () => {
  const steps = fc.array(
    fc.oneof(
      fc.constant("call" as const),
      fc.record({ settle: fc.nat(5), ok: fc.boolean() }),
      fc.record({ wait: fc.integer({ min: 0, max: 15_000 }) }),
    ),
    { maxLength: 60, size: "max" },
  );
  await fc.assert(fc.asyncProperty(steps, async (all) => {
    const clock = new ManualClock();
    const breaker = new CircuitBreaker({
      failureThreshold: 2,
      recoveryTimeoutMs: 10_000,
      maxProbes: 2,
      clock,
    });
    const calls: HeldCall[] = [];
    for (const step of all) {
      if (step === "call") calls.push(hold(breaker));
      else if ("wait" in step) await clock.advance(step.wait);
      else {
        const [call] = calls.splice(step.settle, 1);
        await (step.ok ? call?.succeed() : call?.fail());
      }
      const { activeProbes, state } = breaker.snapshot();
      assert(activeProbes <= (state === "half_open" ? 2 : 0));
    }
    // Left alone for long enough, two good calls close it again.
    await clock.advance(10_000);
    await breaker.execute(() => "ok");
    await breaker.execute(() => "ok");
    assertEquals(breaker.state, "closed");
    await Promise.all(calls.map((call) => call.fail()));
  }));
});
