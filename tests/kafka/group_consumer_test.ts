// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";

import {
  createEnvelope,
  currentContext,
  type StandardSchema,
  withContext,
} from "../../events/mod.ts";
import { FatalEventError } from "../../kafka/errors.ts";
import { MemoryBus } from "../../testing/memory_bus.ts";
import type { MemoryConsumer } from "../../testing/memory_consumer.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";

const TYPE = "huleedu.essay.created.v1";

function essay(
  data: unknown,
  eventType = TYPE,
): ReturnType<typeof createEnvelope> {
  return createEnvelope({ eventType, sourceService: "t", data });
}

/** A handler that counts its calls, and a promise of the nth. */
function counter(): {
  calls: number;
  reached(nth: number): Promise<void>;
  call(): void;
} {
  const waiting: Array<[number, () => void]> = [];
  return {
    calls: 0,
    reached(nth): Promise<void> {
      return new Promise((resolve) => waiting.push([nth, resolve]));
    },
    call(): void {
      this.calls++;
      for (const [nth, resolve] of waiting) if (this.calls >= nth) resolve();
    },
  };
}

async function start(consumer: MemoryConsumer): Promise<MemoryConsumer> {
  await consumer.start();
  return consumer;
}

Deno.test("GroupConsumer sets data aside that its schema refuses, without a call", async () => {
  const schema: StandardSchema<{ words: number }> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) =>
        typeof (value as { words?: unknown }).words === "number"
          ? { value: value as { words: number } }
          : { issues: [{ message: "must be a number", path: ["words"] }] },
    },
  };
  await using bus = await MemoryBus.connect();
  const seen: number[] = [];
  const handler = counter();
  const done = handler.reached(1);
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE] }).on(TYPE, schema, (event) => {
      seen.push(event.data.words);
      handler.call();
      return Promise.resolve();
    }),
  );
  await bus.publishEvent(TYPE, essay({ words: "many" }), { key: "k" });
  await bus.publishEvent(TYPE, essay({ words: 3 }), { key: "k" });
  const [letter] = await bus.untilRecords(`${TYPE}.dlq`, 1);
  assertEquals(letter?.headers["dlq.reason"], "invalid");
  assertEquals(letter?.headers["dlq.attempts"], "0");
  assert(letter?.headers["dlq.error"]?.includes("data.words"));
  await done;
  assertEquals(seen, [3]);
});

Deno.test("GroupConsumer sets an event aside at once when its handler says fatal", async () => {
  await using bus = await MemoryBus.connect();
  const handler = counter();
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE] }).on(TYPE, () => {
      handler.call();
      return Promise.reject(new FatalEventError("Essay has no text"));
    }),
  );
  await bus.publishEvent(TYPE, essay({}));
  const [letter] = await bus.untilRecords(`${TYPE}.dlq`, 1);
  assertEquals(letter?.headers["dlq.reason"], "fatal");
  assertEquals(handler.calls, 1);
});

Deno.test("GroupConsumer logs what becomes of an event with the event's ids", async () => {
  await using bus = await MemoryBus.connect();
  const seen: unknown[] = [];
  const logger = new RecordingLogger();
  const note = (message: string) => {
    seen.push([message, currentContext().correlationId]);
  };
  logger.warn = note;
  logger.error = note;
  await using _consumer = await start(
    bus.consumer({
      groupId: "g",
      topics: [TYPE],
      logger,
      retry: { maxAttempts: 2, baseDelayMs: 1 },
    }).on(TYPE, () => Promise.reject(new Error("Never"))),
  );
  const event = essay({});
  await bus.publishEvent(TYPE, event);
  await bus.untilRecords(`${TYPE}.dlq`, 1);
  assertEquals(seen, [
    ["Event handler failed; trying again", event.correlation_id],
    ["Event is set aside", event.correlation_id],
  ]);
});

Deno.test("GroupConsumer keeps key, bytes and headers of what it sets aside", async () => {
  await using bus = await MemoryBus.connect();
  await using _consumer = await start(
    bus.consumer({
      groupId: "g",
      topics: [TYPE],
      deadLetter: { topic: () => "graveyard" },
    }).on(TYPE, () => Promise.resolve()),
  );
  bus.publishRaw(TYPE, "\u0000 {", { key: "k", headers: { origin: "x" } });
  const [letter] = await bus.untilRecords("graveyard", 1);
  assertEquals(letter?.key, "k");
  assertEquals(letter?.value, "\u0000 {");
  assertEquals(letter?.headers.origin, "x");
  assertEquals(letter?.headers["dlq.offset"], "0");
});

Deno.test("GroupConsumer sets a tombstone aside", async () => {
  await using bus = await MemoryBus.connect();
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE] })
      .on(TYPE, () => Promise.resolve()),
  );
  bus.publishRaw(TYPE, null, { key: "k" });
  const [letter] = await bus.untilRecords(`${TYPE}.dlq`, 1);
  assertEquals(letter?.headers["dlq.reason"], "malformed");
  assertEquals(letter?.value, null);
});

Deno.test("GroupConsumer passes over types without a handler, and says so once", async () => {
  await using bus = await MemoryBus.connect();
  const logger = new RecordingLogger();
  const handler = counter();
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE], logger }).on(TYPE, () => {
      handler.call();
      return Promise.resolve();
    }),
  );
  const done = handler.reached(1);
  await bus.publishEvent(TYPE, essay({}, "other.v1"), { key: "k" });
  await bus.publishEvent(TYPE, essay({}, "other.v1"), { key: "k" });
  await bus.publishEvent(TYPE, essay({}), { key: "k" });
  await done;
  const warnings = logger.take({ level: "warn" });
  assertEquals(warnings.length, 1);
  assertEquals(warnings[0]?.fields.event_type, "other.v1");
});

Deno.test("GroupConsumer without dead letters tries a failing event for ever", async () => {
  await using bus = await MemoryBus.connect();
  const handler = counter();
  await using _consumer = await start(
    bus.consumer({
      groupId: "g",
      topics: [TYPE],
      deadLetter: false,
      retry: { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 1 },
    }).on(TYPE, () => {
      handler.call();
      return Promise.reject(new Error("Never"));
    }),
  );
  const tenth = handler.reached(10);
  await bus.publishEvent(TYPE, essay({}));
  await tenth;
  assertEquals(bus.records(`${TYPE}.dlq`), []);
});

Deno.test("GroupConsumer aborts handlers of a partition that moved, and does not commit", async () => {
  await using bus = await MemoryBus.connect({ partitions: 2 });
  const options = { groupId: "g", topics: [TYPE], fromBeginning: true };
  const first = bus.consumer(options);
  const signals = new Map<number, AbortSignal>();
  const handler = counter();
  first.on(TYPE, (_event, { partition, signal }) => {
    signals.set(partition, signal);
    handler.call();
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  });
  await first.start();
  const both = handler.reached(2);
  // These two keys hash to different partitions.
  await bus.publishEvent(TYPE, essay({}), { key: "a" });
  await bus.publishEvent(TYPE, essay({}), { key: "d" });
  await both;
  const second = bus.consumer(options);
  const taken: number[] = [];
  const over = counter();
  second.on(TYPE, (_event, { partition }) => {
    taken.push(partition);
    over.call();
    return Promise.resolve();
  });
  const moved = over.reached(1);
  await second.start();
  await moved;
  const [partition] = taken;
  assertEquals(taken.length, 1);
  assertEquals(signals.get(partition!)?.aborted, true);
  assertEquals(signals.get(1 - partition!)?.aborted, false);
  assertEquals((await first.stop({ timeoutMs: 1 })).abandoned, 1);
  await second.stop();
});

Deno.test("GroupConsumer.stop() lets handlers finish and commits them", async () => {
  await using bus = await MemoryBus.connect();
  const consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  const handler = counter();
  let finish = () => {};
  consumer.on(TYPE, () => {
    handler.call();
    return new Promise((resolve) => finish = () => resolve("processed"));
  });
  await consumer.start();
  const begun = handler.reached(1);
  await bus.publishEvent(TYPE, essay({}));
  await begun;
  const stopped = consumer.stop();
  finish();
  assertEquals(await stopped, { drained: 1, abandoned: 0, uncommitted: 0 });
});

Deno.test("GroupConsumer.health() tells state, lag and progress", async () => {
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  const handler = counter();
  consumer.on(TYPE, () => {
    handler.call();
    return Promise.resolve();
  });
  assertEquals(consumer.health(), {
    state: "stopped",
    partitions: [],
    lastProgressAt: null,
  });
  await consumer.start();
  const done = handler.reached(3);
  for (let i = 0; i < 3; i++) await bus.publishEvent(TYPE, essay({}));
  await done;
  const { state, partitions } = consumer.health();
  assertEquals(state, "running");
  assertEquals(partitions.length, 1);
  await consumer.stop();
  assertEquals(consumer.health().state, "stopped");
});

Deno.test("GroupConsumer.on() refuses a handler after start, and one that is none", async () => {
  await using bus = await MemoryBus.connect();
  await using consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  assertThrows(() => consumer.on(TYPE, "no" as never), TypeError, "handler");
  assertThrows(
    () => consumer.on("", () => Promise.resolve()),
    TypeError,
    "eventType",
  );
  await consumer.start();
  assertThrows(
    () => consumer.on(TYPE, () => Promise.resolve()),
    TypeError,
    "is started already",
  );
});

Deno.test("GroupConsumer handles others while one waits for its retry", async () => {
  await using bus = await MemoryBus.connect({ partitions: 1 });
  const handler = counter();
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE], concurrency: 2 })
      .on(TYPE, (event) => {
        if ((event.data as { busy: boolean }).busy) {
          return Promise.resolve("in_progress");
        }
        handler.call();
        return Promise.resolve();
      }),
  );
  const all = handler.reached(20);
  for (let i = 0; i < 4; i++) {
    await bus.publishEvent(TYPE, essay({ busy: true }));
  }
  for (let i = 0; i < 20; i++) {
    await bus.publishEvent(TYPE, essay({ busy: false }));
  }
  await all;
});

Deno.test("GroupConsumer opens a context that is the event's alone", async () => {
  await using bus = await MemoryBus.connect();
  const consumer = bus.consumer({ groupId: "g", topics: [TYPE] });
  const seen = new Promise<unknown>((resolve) =>
    consumer.on(TYPE, () => Promise.resolve(resolve(currentContext())))
  );
  await using _consumer = await withContext(
    { userId: "whoever started it" },
    () => start(consumer),
  );
  await bus.publishEvent(TYPE, essay({}));
  assertEquals(Object.hasOwn(await seen as object, "userId"), false);
});

Deno.test("GroupConsumer sets a record aside that is as large as can be", async () => {
  await using bus = await MemoryBus.connect();
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE] })
      .on(TYPE, () => Promise.resolve()),
  );
  bus.publishRaw(TYPE, "x".repeat(2 * 1024 * 1024));
  const [letter] = await bus.untilRecords(`${TYPE}.dlq`, 1);
  assertEquals(letter?.value?.length, 2 * 1024 * 1024);
});

Deno.test("GroupConsumer says why by what failed, not by the error's class", async () => {
  await using bus = await MemoryBus.connect();
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE], retry: { maxAttempts: 1 } })
      .on(TYPE, () => {
        createEnvelope({ eventType: "", sourceService: "t", data: {} });
        return Promise.resolve();
      }),
  );
  await bus.publishEvent(TYPE, essay({}));
  const [letter] = await bus.untilRecords(`${TYPE}.dlq`, 1);
  assertEquals(letter?.headers["dlq.reason"], "exhausted");
});

Deno.test("GroupConsumer keeps headers with unlucky names, and passwords out", async () => {
  await using bus = await MemoryBus.connect();
  await using _consumer = await start(
    bus.consumer({ groupId: "g", topics: [TYPE], retry: { maxAttempts: 1 } })
      .on(
        TYPE,
        () => Promise.reject(new Error("Cannot reach redis://u:hush@host")),
      ),
  );
  const headers = { constructor: "a", toString: "b" };
  await bus.publishEvent(TYPE, essay({}), { headers } as never);
  const [letter] = await bus.untilRecords(`${TYPE}.dlq`, 1);
  assertEquals(letter?.headers.constructor as unknown, "a");
  assertEquals(letter?.headers["dlq.error"]?.includes("hush"), false);
});
