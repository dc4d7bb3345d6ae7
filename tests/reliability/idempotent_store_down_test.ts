// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import fc from "fast-check";
import type { HandlerOutcome } from "../../protocols.ts";
import {
  IdempotencyStoreError,
  LeaseLostError,
} from "../../reliability/errors.ts";
import { idempotencyKey } from "../../reliability/idempotency_key.ts";
import { idempotent } from "../../reliability/idempotent.ts";
import { withFaults } from "../../testing/faults.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { MemoryIdempotencyStore } from "../../testing/memory_idempotency_store.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";
import { contextWith, envelopeWith } from "./_events.ts";

const SERVICE = { serviceName: "grading" };
const KEY = idempotencyKey(envelopeWith(), SERVICE);
const SYNC = ["status", "record", "clear"] as const;

Deno.test("idempotent() fails closed when the store is down", async () => {
  const faulty = withFaults(new MemoryIdempotencyStore(), { sync: SYNC });
  faulty.disconnect();
  let ran = false;
  const handle = idempotent(() => {
    ran = true;
    return Promise.resolve();
  }, { store: faulty.port, ...SERVICE });
  const error = await assertRejects(
    () => handle(envelopeWith(), contextWith()),
    IdempotencyStoreError,
    "Cannot claim event",
  );
  assertEquals([error.phase, error.key, ran], ["claim", KEY, false]);
  assertEquals(error.eventId, envelopeWith().event_id);
  assert(error.cause instanceof Error);
});

Deno.test("idempotent() runs without protection when told to", async () => {
  const faulty = withFaults(new MemoryIdempotencyStore(), { sync: SYNC });
  faulty.disconnect();
  const logger = new RecordingLogger();
  const outcomes: HandlerOutcome[] = ["in_progress", "processed"];
  const handle = idempotent(() => Promise.resolve(outcomes.shift()), {
    store: faulty.port,
    ...SERVICE,
    onStoreDown: "run",
  });
  for (const expected of ["in_progress", "processed"]) {
    const outcome = await handle(envelopeWith(), contextWith({ logger }));
    assertEquals(outcome, expected as HandlerOutcome);
  }
  const message = "Event is handled without protection";
  const lines = logger.take({ level: "warn", message });
  assertEquals(lines.map(({ fields }) => fields["key"]), [KEY, KEY]);
});

Deno.test("idempotent() loses no event when the reply to its claim is lost", async () => {
  const clock = new ManualClock();
  const faulty = withFaults(new MemoryIdempotencyStore({ clock }), {
    sync: SYNC,
    rules: [{ kind: "lost_reply", method: "claim", nth: 1 }],
  });
  let runs = 0;
  const handle = idempotent(() => {
    runs++;
    return Promise.resolve();
  }, { store: faulty.port, clock, ...SERVICE });
  const context = contextWith();
  await assertRejects(
    () => handle(envelopeWith(), context),
    IdempotencyStoreError,
  );
  assertEquals(await handle(envelopeWith(), context), "in_progress");
  await clock.advance(30_000);
  assertEquals(await handle(envelopeWith(), context), "processed");
  assertEquals(runs, 1);
});

Deno.test("idempotent() tries to complete again, and then says that the store failed", async () => {
  const clock = new ManualClock();
  const store = new MemoryIdempotencyStore({ clock });
  const faulty = withFaults(store, {
    sync: SYNC,
    rules: [{ kind: "fail", method: "complete", nth: [1, 3, 4, 5] }],
  });
  let runs = 0;
  const handle = idempotent(() => {
    runs++;
    return Promise.resolve();
  }, { store: faulty.port, clock, ...SERVICE });

  const first = handle(envelopeWith(), contextWith());
  await clock.advance(5_000);
  assertEquals(await first, "processed");

  const event = envelopeWith({ event_id: "other" });
  const second = assertRejects(
    () => handle(event, contextWith()),
    IdempotencyStoreError,
    "Cannot complete event",
  );
  await clock.advance(9_000);
  assertEquals((await second).phase, "complete");
  assertEquals(runs, 2);
  // The effect may repeat: once the lease is over the event runs again.
  assertEquals(await handle(event, contextWith()), "in_progress");
  await clock.advance(30_000);
  assertEquals(await handle(event, contextWith()), "processed");
});

Deno.test("idempotent() keeps the handler's error when the claim cannot be given up", async () => {
  const faulty = withFaults(new MemoryIdempotencyStore(), {
    sync: SYNC,
    rules: [{ kind: "fail", method: "release" }],
  });
  const logger = new RecordingLogger();
  const failure = new Error("cannot grade");
  const handle = idempotent(() => Promise.reject(failure), {
    store: faulty.port,
    ...SERVICE,
    logger,
  });
  const thrown = await assertRejects(() =>
    handle(envelopeWith(), contextWith())
  );
  assertStrictEquals(thrown, failure);
  assert(logger.find({ level: "warn", message: /^Cannot give up the claim/ }));
});

Deno.test("idempotent() has one effect under lost replies and parallel redelivery", async () => {
  const seeds = fc.integer();
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const clock = new ManualClock();
      const store = new MemoryIdempotencyStore({ clock });
      const faulty = withFaults(store, {
        seed,
        sync: SYNC,
        clock,
        rules: [
          { kind: "delay", probability: 0.5, ms: [1, 2_000] },
          { kind: "lost_reply", method: "complete", probability: 0.4 },
          { kind: "lost_reply", method: "claim", probability: 0.3 },
          { kind: "fail", method: "extend", probability: 0.3 },
        ],
      });
      let effects = 0;
      const handle = idempotent(async (_envelope, { signal }) => {
        await clock.sleep(5_000, { signal });
        effects++;
      }, { store: faulty.port, clock, ...SERVICE });

      const deliver = async (): Promise<void> => {
        for (;;) {
          const outcome = await handle(envelopeWith(), contextWith())
            .catch((error) => {
              const expected = error instanceof IdempotencyStoreError ||
                error instanceof LeaseLostError;
              if (!expected) throw error;
              return "in_progress" as const;
            });
          if (outcome !== "in_progress") return;
          await clock.sleep(1_000);
        }
      };
      const delivered = Promise.all([deliver(), deliver(), deliver()]);
      await clock.advance(400_000);
      await delivered;
      assertEquals(effects, 1);
      assertEquals(store.status(KEY), "completed");
    }),
    { numRuns: 30 },
  );
});
