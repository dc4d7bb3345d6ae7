// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { FaultError, withFaults } from "../../testing/faults.ts";
import { ManualClock } from "../../testing/manual_clock.ts";

class Counter {
  #value = 0;
  label = "counter";

  add(n: number): Promise<number> {
    this.#value += n;
    return Promise.resolve(this.#value);
  }

  read(): Promise<number> {
    return Promise.resolve(this.#value);
  }

  peek(): number {
    return this.#value;
  }

  itself(): this {
    return this;
  }

  get doubled(): number {
    return this.#value * 2;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    yield await this.read();
  }
}

Deno.test("withFaults() without rules passes everything through", async () => {
  const counter = new Counter();
  const { port } = withFaults(counter, { sync: ["peek", "itself"] });
  assertEquals(await port.add(2), 2);
  assertEquals([port.peek(), port.doubled, port.label], [2, 4, "counter"]);
  port.label = "other";
  assertEquals(counter.label, "other");
  assertEquals(await Array.fromAsync(port), [2]);
  assertInstanceOf(port, Counter);
  assert("add" in port);
  assertStrictEquals(port.itself(), port);
});

Deno.test("withFaults() works on a frozen port", async () => {
  const port = Object.freeze({ read: () => Promise.resolve(1) });
  const faulty = withFaults(port, { rules: [{ kind: "fail", nth: 2 }] });
  assertEquals(await faulty.port.read(), 1);
  await assertRejects(() => faulty.port.read(), FaultError);
});

Deno.test("withFaults() fails the nth call before it reaches the port", async () => {
  const counter = new Counter();
  const faulty = withFaults(counter, {
    rules: [{ kind: "fail", method: "add", nth: [2, 3] }],
  });
  assertEquals(await faulty.port.add(1), 1);
  const error = await assertRejects(() => faulty.port.add(1), FaultError);
  assertEquals([error.kind, error.method], ["fail", "add"]);
  await assertRejects(() => faulty.port.add(1), FaultError);
  assertEquals(await faulty.port.add(1), 2);
  assertEquals(faulty.calls, [
    { method: "add", args: [1], nth: 1, fault: null },
    { method: "add", args: [1], nth: 2, fault: "fail" },
    { method: "add", args: [1], nth: 3, fault: "fail" },
    { method: "add", args: [1], nth: 4, fault: null },
  ]);
});

Deno.test("withFaults() loses a reply after the work is done", async () => {
  const counter = new Counter();
  const error = new Error("gone");
  const { port } = withFaults(counter, {
    rules: [{ kind: "lost_reply", method: "add", error: () => error }],
  });
  assertStrictEquals(await assertRejects(() => port.add(5)), error);
  assertEquals(counter.peek(), 5);
});

Deno.test("withFaults() delays a call by its clock", async () => {
  const clock = new ManualClock();
  const counter = new Counter();
  const { port } = withFaults(counter, {
    clock,
    rules: [
      { kind: "delay", method: "add", ms: 100 },
      { kind: "delay", ms: [50, 50] },
    ],
  });
  const sum = port.add(1);
  await clock.advance(149);
  assertEquals(counter.peek(), 0);
  await clock.advance(1);
  assertEquals(await sum, 1);
});

Deno.test("withFaults() times a call out without reaching the port", async () => {
  const clock = new ManualClock();
  const counter = new Counter();
  const { port } = withFaults(counter, {
    clock,
    rules: [{ kind: "timeout", method: "add", ms: 100 }],
  });
  const failed = assertRejects(() => port.add(1), FaultError, "timeout");
  await clock.advance(99);
  assertEquals(clock.pendingSleeps, 1);
  await clock.advance(1);
  await failed;
  assertEquals(counter.peek(), 0);
});

Deno.test("withFaults() rejects every call from a disconnect to restore()", async () => {
  const counter = new Counter();
  const faulty = withFaults(counter, {
    sync: ["peek", "itself"],
    rules: [{ kind: "disconnect", method: "add", nth: 2 }],
  });
  await faulty.port.add(1);
  await assertRejects(() => faulty.port.add(1), FaultError, "disconnect");
  await assertRejects(() => faulty.port.read(), FaultError, "disconnect");
  assertEquals([faulty.disconnected, faulty.port.peek()], [true, 1]);
  faulty.restore();
  assertEquals(await faulty.port.add(1), 2);

  faulty.disconnect();
  await assertRejects(() => faulty.port.read(), FaultError);
  faulty.restore();
  assertEquals(await faulty.port.read(), 2);
});

Deno.test("withFaults().inject() counts from the moment it is called", async () => {
  const faulty = withFaults(new Counter());
  await faulty.port.add(1);
  faulty.inject({ kind: "fail", method: ["add", "read"], nth: 2 });
  await faulty.port.add(1);
  await assertRejects(() => faulty.port.read(), FaultError);
  assertEquals(await faulty.port.read(), 2);
});

Deno.test("withFaults() gives the same faults for the same seed", async () => {
  const run = async (seed: number): Promise<string> => {
    const faulty = withFaults(new Counter(), {
      seed,
      rules: [
        { kind: "fail", probability: 0.3 },
        { kind: "lost_reply", method: "add", probability: 0.5 },
      ],
    });
    for (let i = 0; i < 40; i++) await faulty.port.add(1).catch(() => {});
    return faulty.calls.map((call) => call.fault ?? "-").join();
  };
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      assertEquals(await run(seed), await run(seed));
    }),
    { numRuns: 20 },
  );
  const faults = new Set((await run(1)).split(","));
  assertEquals(faults, new Set(["-", "fail", "lost_reply"]));
});

Deno.test("withFaults() refuses rules that make no sense", () => {
  const port = new Counter();
  const wrong = [
    { kind: "fail", probability: 1.1 },
    { kind: "fail", nth: 0 },
    { kind: "delay", ms: -1 },
    { kind: "delay", ms: [0, Infinity] },
  ] as const;
  for (const rule of wrong) {
    assertThrows(() => withFaults(port, { rules: [rule] }), RangeError);
    assertThrows(() => withFaults(port).inject(rule), RangeError);
  }
});
