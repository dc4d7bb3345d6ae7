// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import {
  CircuitBreaker,
  type CircuitStateChange,
} from "../../reliability/circuit_breaker.ts";
import { CircuitOpenError } from "../../reliability/errors.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { readVectors } from "./_vectors.ts";

// What differs on purpose, and is tested in circuit_breaker_test.ts:
// - threshold_zero: a threshold of 0 is refused, not taken for 1
// - clock_steps_back: time is monotonic, so that a wall clock that steps back
//   keeps nothing open
// - late_results_of_in_flight_calls: a late failure does not extend the outage
// - callable/functools_partial: every callable will do
const STEPPED =
  /^(opens|success|half_open|unexpected|blocked|manual|threshold_one)/;

interface Input {
  readonly config: {
    readonly failure_threshold: number;
    readonly recovery_timeout: number;
    readonly success_threshold: number;
    readonly name: string;
  };
}

interface Step {
  readonly step: "ok" | "fail" | "unexpected" | "reset" | ["wait", number];
  readonly result:
    | { readonly raises?: string; readonly returns?: string }
    | null;
  readonly state: {
    readonly state: string;
    readonly failure_count: number;
    readonly success_count: number;
    readonly last_failure_time: string | null;
  };
  readonly metrics: ReadonlyArray<readonly string[]>;
}

class Expected extends Error {}
class Unexpected extends Error {}

for (
  const { name, input, expected } of await readVectors<
    Input,
    { readonly trace: readonly Step[] }
  >("circuit_breaker.json", STEPPED)
) {
  Deno.test(`CircuitBreaker goes the recorded way: ${name}`, async () => {
    const clock = new ManualClock({ now: Date.UTC(2025, 0, 1) });
    const changes: CircuitStateChange[] = [];
    const breaker = new CircuitBreaker({
      name: input.config.name,
      failureThreshold: input.config.failure_threshold,
      recoveryTimeoutMs: input.config.recovery_timeout * 1_000,
      successThreshold: input.config.success_threshold,
      isFailure: (error) => error instanceof Expected,
      onStateChange: (change) => changes.push(change),
      clock,
    });
    for (const { step, result, state, metrics } of expected.trace) {
      await take(breaker, clock, step, result?.raises);
      const { failureCount, successCount, lastFailureAt } = breaker.snapshot();
      assertEquals({
        state: breaker.state,
        failure_count: failureCount,
        success_count: successCount,
        last_failure_time: lastFailureAt,
      }, {
        state: state.state as typeof breaker.state,
        failure_count: state.failure_count,
        success_count: state.success_count,
        last_failure_time: state.last_failure_time === null
          ? null
          : Date.parse(`${state.last_failure_time}Z`),
      });
      assertEquals(
        changes.splice(0).map(({ from, to }) => [from, to]),
        metrics.filter(([kind]) => kind === "record_state_change")
          .map(([, , from, to]) => [from, to]) as never,
      );
    }
  });
}

async function take(
  breaker: CircuitBreaker,
  clock: ManualClock,
  step: Step["step"],
  raises: string | undefined,
): Promise<void> {
  if (Array.isArray(step)) return await clock.advance(step[1] * 1_000);
  if (step === "reset") return breaker.reset();
  const call = breaker.execute(() => {
    if (step === "ok") return "ok";
    throw step === "fail" ? new Expected() : new Unexpected();
  });
  if (raises === undefined) return assertEquals(await call, "ok");
  const type = raises === "CircuitBreakerError"
    ? CircuitOpenError
    : raises === "Unexpected"
    ? Unexpected
    : Expected;
  await assertRejects(() => call, type);
}

Deno.test("CircuitBreaker calls what answers no promise: callable/sync_function", async () => {
  const [vector] = await readVectors<unknown, { readonly returns: number }>(
    "circuit_breaker.json",
    /^callable\/sync_function$/,
  );
  const answer = await new CircuitBreaker().execute(() => 3);
  assertEquals(answer, vector?.expected.returns);
});
