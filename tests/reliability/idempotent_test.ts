// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type { HandlerContext, HandlerOutcome } from "../../protocols.ts";
import { idempotencyKey } from "../../reliability/idempotency_key.ts";
import {
  idempotent,
  type IdempotentOptions,
} from "../../reliability/idempotent.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { MemoryIdempotencyStore } from "../../testing/memory_idempotency_store.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";
import { contextWith, envelopeWith } from "./_events.ts";

const SERVICE = { serviceName: "grading" };
const KEY = idempotencyKey(envelopeWith(), SERVICE);

Deno.test("idempotent() handles an event once", async () => {
  const store = new MemoryIdempotencyStore();
  let runs = 0;
  const handle = idempotent(async () => {
    await Promise.resolve();
    runs++;
  }, { store, ...SERVICE });
  assertEquals(await handle(envelopeWith(), contextWith()), "processed");
  assertEquals(await handle(envelopeWith(), contextWith()), "duplicate");
  const other = envelopeWith({ event_id: "other" });
  assertEquals(await handle(other, contextWith()), "processed");
  assertEquals(runs, 2);
});

Deno.test("idempotent() runs one of many deliveries at once", async () => {
  const store = new MemoryIdempotencyStore();
  let runs = 0;
  const handle = idempotent(async () => {
    runs++;
    await Promise.resolve();
  }, { store, ...SERVICE });
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => handle(envelopeWith(), contextWith())),
  );
  assertEquals(runs, 1);
  assertEquals(outcomes.filter((o) => o === "processed").length, 1);
  assertEquals(outcomes.filter((o) => o === "in_progress").length, 49);
});

Deno.test("idempotent() runs a failing handler once, and again when redelivered", async () => {
  const store = new MemoryIdempotencyStore();
  const failure = new Error("cannot grade");
  let runs = 0;
  const handle = idempotent(() => {
    runs++;
    return runs === 1 ? Promise.reject(failure) : Promise.resolve();
  }, { store, ...SERVICE });
  const thrown = await assertRejects(() =>
    handle(envelopeWith(), contextWith())
  );
  assertStrictEquals(thrown, failure);
  assertEquals([runs, store.status(KEY)], [1, undefined]);
  assertEquals(await handle(envelopeWith(), contextWith()), "processed");
  assertEquals([runs, store.status(KEY)], [2, "completed"]);
});

Deno.test("idempotent() gives the claim up when the handler throws at once", async () => {
  const store = new MemoryIdempotencyStore();
  const handle = idempotent(() => {
    throw new SyntaxError("bad");
  }, { store, ...SERVICE });
  await assertRejects(() => handle(envelopeWith(), contextWith()), SyntaxError);
  assertEquals(store.status(KEY), undefined);
});

Deno.test("idempotent() records who handles what", async () => {
  const store = new MemoryIdempotencyStore();
  await idempotent(() => Promise.resolve(), { store, ...SERVICE })(
    envelopeWith(),
    contextWith(),
  );
  assertEquals(store.record(KEY), {
    processedBy: "grading",
    eventId: "11111111-1111-4111-8111-111111111111",
    correlationId: "22222222-2222-4222-8222-222222222222",
    sourceService: "essays",
  });
});

Deno.test("idempotent() remembers an event for as long as its type says", async () => {
  const clock = new ManualClock();
  const store = new MemoryIdempotencyStore({ clock });
  const handle = idempotent(() => Promise.resolve(), {
    store,
    clock,
    ...SERVICE,
    ttlMs: 60_000,
    eventTypeTtlsMs: { "short.v1": 30_000 },
  });
  const short = envelopeWith({ event_type: "short.v1" });
  for (const event of [short, envelopeWith()]) {
    assertEquals(await handle(event, contextWith()), "processed");
  }
  await clock.advance(30_000);
  assertEquals(await handle(short, contextWith()), "processed");
  assertEquals(await handle(envelopeWith(), contextWith()), "duplicate");
  await clock.advance(30_000);
  assertEquals(await handle(envelopeWith(), contextWith()), "processed");
});

Deno.test("idempotent() passes the delivery's context on", async () => {
  class Context implements HandlerContext {
    signal = new AbortController().signal;
    attempt = 3;
    topic = "t";
    partition = 2;
    offset = "9007199254740993";
    key = "k";
    headers = { h: "v" };
    get logger(): RecordingLogger {
      return logger;
    }
  }
  const logger = new RecordingLogger();
  const given = new Context();
  let seen: HandlerContext | undefined;
  await idempotent((_envelope, context) => {
    seen = context;
    return Promise.resolve();
  }, { store: new MemoryIdempotencyStore(), ...SERVICE })(
    envelopeWith(),
    given,
  );
  const { attempt, topic, partition, offset, key, headers } = seen!;
  const passed = { attempt, topic, partition, offset, key, headers };
  assertEquals({ ...passed, logger: seen!.logger }, {
    attempt: 3,
    topic: "t",
    partition: 2,
    offset: "9007199254740993",
    key: "k",
    headers: { h: "v" },
    logger,
  });
});

Deno.test("idempotent() obeys the outcome of its handler", async () => {
  const store = new MemoryIdempotencyStore();
  const outcomes: HandlerOutcome[] = ["in_progress", "duplicate"];
  const handle = idempotent(() => Promise.resolve(outcomes.shift()), {
    store,
    ...SERVICE,
  });
  assertEquals(await handle(envelopeWith(), contextWith()), "in_progress");
  assertEquals(store.status(KEY), undefined);
  assertEquals(await handle(envelopeWith(), contextWith()), "duplicate");
  assertEquals(store.status(KEY), "completed");
});

Deno.test("idempotent() gives the claim up when the delivery is aborted", async () => {
  const clock = new ManualClock();
  const store = new MemoryIdempotencyStore({ clock });
  const handle = idempotent(
    (_envelope, { signal }) => clock.sleep(1_000, { signal }),
    { store, clock, ...SERVICE },
  );
  const controller = new AbortController();
  const reason = new Error("partition moved");
  const handled = assertRejects(() =>
    handle(envelopeWith(), contextWith({ signal: controller.signal }))
  );
  await clock.advance(10);
  assertEquals(store.status(KEY), "in_progress");
  controller.abort(reason);
  assertStrictEquals(await handled, reason);
  assertEquals([store.status(KEY), clock.pendingSleeps], [undefined, 0]);
});

Deno.test("idempotent() completes what a handler finished in spite of an abort", async () => {
  const store = new MemoryIdempotencyStore();
  const controller = new AbortController();
  const handle = idempotent(() => {
    controller.abort();
    return Promise.resolve();
  }, { store, ...SERVICE });
  const context = contextWith({ signal: controller.signal });
  assertEquals(await handle(envelopeWith(), context), "processed");
  assertEquals(store.status(KEY), "completed");
});

Deno.test("idempotent() claims nothing for a delivery that is aborted already", async () => {
  const store = new MemoryIdempotencyStore();
  const handle = idempotent(() => Promise.resolve(), { store, ...SERVICE });
  const context = contextWith({ signal: AbortSignal.abort() });
  await assertRejects(() => handle(envelopeWith(), context));
  assertEquals(store.counts.claimed, 0);
});

Deno.test("idempotent() does not run a handler that was aborted during the claim", async () => {
  const store = new MemoryIdempotencyStore();
  const controller = new AbortController();
  let ran = false;
  const handle = idempotent(() => {
    ran = true;
    return Promise.resolve();
  }, { store, ...SERVICE });
  const context = contextWith({ signal: controller.signal });
  const handled = assertRejects(() => handle(envelopeWith(), context));
  controller.abort();
  await handled;
  assertEquals([ran, store.status(KEY)], [false, undefined]);
});

Deno.test("idempotent() refuses options that make no sense", () => {
  const make = (options: Partial<IdempotentOptions>) => () =>
    idempotent(() => Promise.resolve(), {
      store: new MemoryIdempotencyStore(),
      ...SERVICE,
      ...options,
    });
  assertThrows(make({ ttlMs: 0 }), RangeError, "received 0");
  assertThrows(make({ leaseMs: 0 }), RangeError, '"leaseMs"');
  assertThrows(
    make({ ttlMs: 29_999 }),
    RangeError,
    'Cannot make handler idempotent: "ttlMs" must not be shorter than ' +
      '"leaseMs", received 29999 and 30000',
  );
  assertThrows(
    make({ eventTypeTtlsMs: { "x.y": 0 } }),
    RangeError,
    '"eventTypeTtlsMs["x.y"]"',
  );
  assertThrows(make({ leaseMs: 7_200_000 }), RangeError, "eventTypeTtlsMs");
  assertThrows(make({ serviceName: "" }), TypeError, '"serviceName"');
  const onStoreDown = "open" as "run";
  assertThrows(make({ onStoreDown }), TypeError, 'received "open"');
});
