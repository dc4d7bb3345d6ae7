// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import type {
  ConsumerEngine,
  ConsumerListener,
  IncomingRecord,
} from "../../kafka/engine.ts";
import { Redrive } from "../../kafka/_redrive.ts";

const PARTITION = { topic: "t.dlq", partition: 0 };

/** One partition in memory, whose group the test rebalances. */
class Log implements ConsumerEngine {
  readonly isOut = false;
  readonly records: IncomingRecord[] = [];
  committed = 0;
  #listener!: ConsumerListener;

  append(): void {
    this.records.push({
      offset: this.records.length,
      key: null,
      value: null,
      headers: {},
      timestamp: 0,
    });
  }

  start(listener: ConsumerListener): Promise<void> {
    this.#listener = listener;
    this.#assign();
    return Promise.resolve();
  }

  /** Takes the partition away, and gives it back. */
  async rebalance(): Promise<void> {
    await this.#listener.rebalancing();
    this.#assign();
  }

  #assign(): void {
    const offset = this.committed;
    this.#listener.assigned([{ ...PARTITION, offset }], false);
  }

  resume(): void {
    const records = this.records.slice(this.committed);
    const next = this.records.length;
    void this.#listener.received({
      ...PARTITION,
      records,
      next,
      highWatermark: next,
    });
  }

  commit(offsets: ReadonlyArray<{ readonly offset: number }>): Promise<void> {
    this.committed = offsets[0]!.offset;
    return Promise.resolve();
  }

  ends(): Promise<number[]> {
    return Promise.resolve([this.records.length]);
  }

  pause(): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

Deno.test("Redrive takes each letter once, however often its group rebalances", async () => {
  const log = new Log();
  for (let nth = 0; nth < 6; nth++) log.append();
  const seen: number[] = [];
  let rebalanced: Promise<void> | undefined;
  const redrive = new Redrive({
    engine: log,
    isWanted: ({ offset }) => offset === 3,
    putBack: ({ offset }) => Promise.resolve(void seen.push(offset)),
    keep: ({ offset }) => {
      log.append();
      seen.push(offset);
      // It waits for what is on its way, such as this letter.
      if (offset === 2) rebalanced = log.rebalance();
      return Promise.resolve();
    },
    limit: Infinity,
    signal: undefined,
  });
  await redrive.run();
  await rebalanced;
  assertEquals(seen.sort(), [0, 1, 2, 3, 4, 5]);
  assertEquals([redrive.redriven, redrive.kept, log.committed], [1, 5, 6]);
});
