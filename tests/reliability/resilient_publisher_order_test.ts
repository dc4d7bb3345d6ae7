// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { FallbackQueueFullError } from "../../reliability/errors.ts";
import { seededRandom } from "../../testing/seeded_random.ts";
import { startBench } from "./_broker.ts";

Deno.test("ResilientPublisher keeps the order of a key when an earlier publish fails late", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.latencyMs = 100;
  broker.failure = (id) =>
    id === "a" && broker.sent.length === 0 && clock.monotonic() <= 100
      ? new Error("down")
      : undefined;
  const outcomes = Promise.all([
    publish("a", { key: "k" }),
    publish("b", { key: "k" }),
    publish("other", { key: "l" }),
  ]);
  await clock.advance(100);
  assertEquals(await outcomes, ["queued", "queued", "sent"]);
  await clock.advance(2_000);
  assertEquals(broker.sent, ["other", "a", "b"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher queues behind a key's events, and sends other keys past them", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.failure = (id) => id === "a" ? new Error("down") : undefined;
  assertEquals(await publish("a", { key: "k" }), "queued");
  assertEquals(await publish("b", { key: "k" }), "queued");
  assertEquals(await publish("c", { key: "l" }), "sent");
  assertEquals(await publish("d"), "sent");
  broker.comeUp();
  await clock.advance(1_000);
  assertEquals(broker.sent, ["c", "d", "a", "b"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher tells the same key of two topics apart", async () => {
  const { broker, clock, publisher } = await startBench();
  broker.latencyMs = 100;
  const envelope = (id: string) => ({ event_id: id }) as never;
  const sent = Promise.all([
    publisher.publishEvent("t", envelope("a"), { key: "k" }),
    publisher.publishEvent("u", envelope("b"), { key: "k" }),
  ]);
  await clock.advance(100);
  assertEquals(await sent, ["sent", "sent"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher gives up a publish that waits for its key, and keeps the order", async () => {
  const { publish, broker, clock, publisher } = await startBench();
  broker.latencyMs = 100;
  const controller = new AbortController();
  const { signal } = controller;
  const first = publish("a", { key: "k" });
  const second = assertRejects(() => publish("b", { key: "k", signal }));
  controller.abort(new Error("enough"));
  await second;
  const third = publish("c", { key: "k" });
  await clock.advance(99);
  assertEquals(broker.attempts, ["a"]);
  await clock.advance(101);
  assertEquals(await Promise.all([first, third]), ["sent", "sent"]);
  assertEquals(broker.sent, ["a", "c"]);
  await publisher.stop();
});

Deno.test("ResilientPublisher accounts for every event, in order, whatever fails", async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ key: fc.constantFrom("k", "l", "") }) },
    { weight: 2, arbitrary: fc.record({ wait: fc.nat(8_000) }) },
    {
      weight: 1,
      arbitrary: fc.record({ failRate: fc.constantFrom(0, 0.3, 1) }),
    },
  );
  const run = fc.record({
    steps: fc.array(step, { maxLength: 60, size: "max" }),
    seed: fc.integer(),
    latencyMs: fc.constantFrom(0, 50),
    fatalRate: fc.constantFrom(0, 0.2),
    endsUp: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(run, async (given) => {
      const { publish, broker, clock, publisher } = await startBench({
        maxQueuedEvents: 8,
        drainConcurrency: 3,
      });
      const random = seededRandom(given.seed);
      let failRate = 0;
      broker.latencyMs = given.latencyMs;
      broker.failure = () => {
        if (random() >= failRate) return undefined;
        return random() < given.fatalRate
          ? new TypeError("cycle")
          : new Error("down");
      };
      const accepted: string[] = [];
      const published: Promise<void>[] = [];
      for (const [index, step] of given.steps.entries()) {
        if ("wait" in step) await clock.advance(step.wait);
        else if ("failRate" in step) failRate = step.failRate;
        else {
          const id = `${step.key}${String(index).padStart(2, "0")}`;
          const options = step.key === "" ? {} : { key: step.key };
          published.push(
            publish(id, options).then(
              () => void accepted.push(id),
              (error) => {
                const refused = error instanceof FallbackQueueFullError ||
                  error instanceof TypeError;
                if (!refused) throw error;
              },
            ),
          );
        }
      }
      failRate = given.endsUp ? 0 : 1;
      const stopped = publisher.stop({ timeoutMs: 60_000 });
      await clock.advance(60_000);
      const { unsent } = await stopped;
      await Promise.all(published);
      const left = unsent.map(({ envelope }) => envelope.event_id);

      // Sent or unsent, each once; what was refused is neither.
      assertEquals([...broker.sent, ...left].sort(), [...accepted].sort());
      for (const key of ["k", "l"]) {
        const sent = broker.sent.filter((id) => id.startsWith(key));
        assertEquals(sent, [...sent].sort());
      }
      assertEquals(publisher.snapshot().queued, 0);
      assertEquals(clock.pendingSleeps, 0);
    }),
    { numRuns: 300 },
  );
});
