// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { HandlerContext } from "../../protocols.ts";
import { LeaseLostError } from "../../reliability/errors.ts";
import { idempotencyKey } from "../../reliability/idempotency_key.ts";
import { idempotent } from "../../reliability/idempotent.ts";
import { type FaultRule, withFaults } from "../../testing/faults.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { MemoryIdempotencyStore } from "../../testing/memory_idempotency_store.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";
import { contextWith, envelopeWith } from "./_events.ts";

const SERVICE = { serviceName: "grading" };
const KEY = idempotencyKey(envelopeWith(), SERVICE);

/** A handler whose end the test decides, over a store with faults. */
class Workbench {
  readonly clock = new ManualClock();
  readonly store = new MemoryIdempotencyStore({ clock: this.clock });
  readonly logger = new RecordingLogger();
  readonly stop = new AbortController();
  readonly rules: FaultRule<MemoryIdempotencyStore>[] = [];
  seen: HandlerContext | undefined;
  finish = (_error?: Error): void => {};

  handle(): Promise<unknown> {
    const { clock, rules } = this;
    const faulty = withFaults(this.store, {
      clock,
      rules,
      sync: ["status", "record", "clear"],
    });
    const handle = idempotent((_envelope, context) => {
      this.seen = context;
      return new Promise<void>((resolve, reject) => {
        this.finish = (error) =>
          error === undefined ? resolve() : reject(error);
      });
    }, { store: faulty.port, clock, logger: this.logger, ...SERVICE });
    const context = contextWith({ signal: this.stop.signal });
    const handled = handle(envelopeWith(), context);
    handled.catch(() => {});
    return handled;
  }

  /** Another worker's claim of the same event. */
  async claimElsewhere(): Promise<string> {
    const claim = await this.store.claim(KEY, 30_000, {
      processedBy: "other",
      eventId: "e",
      correlationId: "c",
      sourceService: "s",
    });
    return claim.status;
  }
}

Deno.test("idempotent() renews the lease at a third of it while the handler runs", async () => {
  const bench = new Workbench();
  const handled = bench.handle();
  await bench.clock.advance(300_000);
  assertEquals(bench.store.counts.extended, 30);
  assertEquals(await bench.claimElsewhere(), "in_progress");
  bench.finish();
  assertEquals(await handled, "processed");
  assertEquals(bench.clock.pendingSleeps, 0);
  await bench.clock.advance(300_000);
  assertEquals(bench.store.counts.extended, 30);
  assertEquals(bench.store.status(KEY), "completed");
});

Deno.test("idempotent() aborts the handler and rejects when its lease is lost", async () => {
  const bench = new Workbench();
  const handled = bench.handle();
  await bench.clock.advance(1);
  bench.store.clear();
  assertEquals(await bench.claimElsewhere(), "claimed");
  await bench.clock.advance(10_000);
  assert(bench.seen?.signal.aborted);
  assert(bench.seen.signal.reason instanceof LeaseLostError);

  bench.finish();
  const error = await assertRejects(
    () => handled,
    LeaseLostError,
    "it has passed to another worker or has lapsed",
  );
  assertEquals([error.key, error.eventId], [KEY, envelopeWith().event_id]);
  // The other worker's claim is left alone.
  assertEquals(bench.store.status(KEY), "in_progress");
  assertEquals(bench.store.counts.completed, 0);
  assertEquals(bench.store.counts.released, 0);
  assertEquals(bench.clock.pendingSleeps, 0);
});

Deno.test("idempotent() rejects with the lost lease, not with what the handler made of it", async () => {
  const bench = new Workbench();
  const handled = bench.handle();
  await bench.clock.advance(1);
  bench.store.clear();
  await bench.clock.advance(10_000);
  const failure = new Error("interrupted");
  bench.finish(failure);
  await assertRejects(() => handled, LeaseLostError);
  const message = "Handler failed after its lease was lost";
  assert(bench.logger.find({ message, fields: { error: failure } }));
});

Deno.test("idempotent() rides out a renewal that fails", async () => {
  const bench = new Workbench();
  bench.rules.push({ kind: "fail", method: "extend", nth: 1 });
  const handled = bench.handle();
  await bench.clock.advance(35_000);
  assert(bench.logger.find({ message: "Cannot renew the lease of an event" }));
  bench.finish();
  assertEquals(await handled, "processed");
});

Deno.test("idempotent() gives the lease up for lost when no renewal succeeds in time", async () => {
  for (const kind of ["fail", "lost_reply"] as const) {
    const bench = new Workbench();
    bench.rules.push({ kind, method: "extend" });
    const handled = bench.handle();
    await bench.clock.advance(29_999);
    assertEquals(bench.seen?.signal.aborted, false);
    await bench.clock.advance(1);
    assertEquals(bench.seen?.signal.aborted, true);
    bench.finish();
    await assertRejects(() => handled, LeaseLostError, "renewed in time");
  }
});

Deno.test("idempotent() notices a renewal that never answers", async () => {
  const bench = new Workbench();
  bench.rules.push({ kind: "timeout", method: "extend", ms: 3_600_000 });
  const handled = bench.handle();
  await bench.clock.advance(30_000);
  assertEquals(bench.seen?.signal.aborted, true);
  bench.finish();
  await assertRejects(() => handled, LeaseLostError, "renewed in time");
  await bench.clock.advance(3_600_000);
});

Deno.test("idempotent() rejects when the claim is gone at the end", async () => {
  const bench = new Workbench();
  const handled = bench.handle();
  await bench.clock.advance(1);
  bench.store.clear();
  bench.finish();
  await assertRejects(
    () => handled,
    LeaseLostError,
    "it was not ours any more when the handler had finished",
  );
});

Deno.test("idempotent() reckons the lease from before the claim was sent", async () => {
  const bench = new Workbench();
  bench.rules.push({ kind: "fail", method: "extend" });
  bench.rules.push({ kind: "delay", method: "claim", ms: 4_000 });
  const handled = bench.handle();
  await bench.clock.advance(29_999);
  assertEquals(bench.seen?.signal.aborted, false);
  await bench.clock.advance(1);
  assertEquals(bench.seen?.signal.aborted, true);
  bench.finish();
  await assertRejects(() => handled, LeaseLostError);
});

Deno.test("idempotent() is not moved by the wall clock", async () => {
  const bench = new Workbench();
  const handled = bench.handle();
  await bench.clock.advance(1);
  bench.clock.stepWallClock(3_600_000);
  await bench.clock.advance(20_000);
  bench.clock.stepWallClock(-7_200_000);
  await bench.clock.advance(20_000);
  bench.finish();
  assertEquals(await handled, "processed");
});

Deno.test("idempotent() lets a drained handler finish within one more lease", async () => {
  const bench = new Workbench();
  const handled = bench.handle();
  await bench.clock.advance(5_000);
  bench.stop.abort();
  await bench.clock.advance(30_000);
  bench.finish();
  assertEquals(await handled, "processed");
  assertEquals(bench.store.status(KEY), "completed");
});

Deno.test("idempotent() stops renewing for a handler that does not end when told to", async () => {
  const bench = new Workbench();
  const handled = bench.handle();
  await bench.clock.advance(1);
  bench.stop.abort();
  await bench.clock.advance(90_000);
  assertEquals(await bench.claimElsewhere(), "claimed");
  bench.finish();
  await assertRejects(() => handled, LeaseLostError);
  assertEquals(bench.store.status(KEY), "in_progress");
});

Deno.test("idempotent() rejects when the lease is lost while it completes", async () => {
  const bench = new Workbench();
  bench.rules.push({ kind: "fail", method: "complete" });
  bench.rules.push({ kind: "fail", method: "extend" });
  const handled = bench.handle();
  await bench.clock.advance(29_999);
  bench.finish();
  await bench.clock.advance(10_000);
  await assertRejects(() => handled, LeaseLostError);
});
