// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import * as reliability from "../../reliability/mod.ts";

Deno.test("reliability/mod.ts exports these values and no others", () => {
  assertEquals(Object.keys(reliability).sort(), [
    "CircuitBreaker",
    "CircuitOpenError",
    "DEFAULT_EVENT_TYPE_TTLS_MS",
    "FallbackQueueFullError",
    "IdempotencyStoreError",
    "LeaseLostError",
    "NotStartedError",
    "ReliabilityError",
    "ResilientPublisher",
    "RetryError",
    "UnsentEventsError",
    "formatIdempotencyKey",
    "hashEventId",
    "idempotencyKey",
    "idempotencyTtlMs",
    "idempotent",
    "retry",
    "systemClock",
  ]);
});

Deno.test("Errors of the reliability room have a base and a name of their own", () => {
  const facts = { key: "k", eventId: "e", cause: new Error("why") };
  const errors = [
    new reliability.NotStartedError("ResilientPublisher"),
    new reliability.CircuitOpenError("c", 5),
    new reliability.RetryError(3, facts.cause),
    new reliability.LeaseLostError("it lapsed", facts),
    new reliability.IdempotencyStoreError({ phase: "claim", ...facts }),
    new reliability.FallbackQueueFullError({
      capacity: 1,
      topic: "t",
      eventId: "e",
    }),
    new reliability.UnsentEventsError({ flushed: 0, unsent: [] }),
  ];
  for (const error of errors) {
    assertEquals(error instanceof reliability.ReliabilityError, true);
    assertEquals(error.name, error.constructor.name);
  }
  assertEquals(errors.map(({ message }) => message), [
    "ResilientPublisher is not started: call start() first",
    'Circuit "c" is open: retry after 5 ms',
    "Cannot complete the call: attempt 3 of 3 failed",
    'Lost the lease of event "e": it lapsed',
    'Cannot claim event "e": the idempotency store failed',
    'Cannot queue event "e" for "t": the fallback queue is full, capacity 1',
    "Cannot send all queued events: 0 left",
  ]);
  assertEquals(errors[2]?.cause, facts.cause);
  assertEquals(errors[3]?.cause, facts.cause);
});
