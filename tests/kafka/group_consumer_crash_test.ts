// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";

import type { ConsumerEngine, ConsumerListener } from "../../kafka/engine.ts";
import { EventProducer } from "../../kafka/event_producer.ts";
import { GroupConsumer } from "../../kafka/group_consumer.ts";
import { ScriptedEngine } from "./_scripted_engine.ts";

/** A membership that says what is called, and starts when it is told to. */
class SlowEngine implements ConsumerEngine {
  readonly isOut = false;
  readonly calls: string[] = [];
  listener: ConsumerListener | undefined;
  #isFirst = true;
  readonly #waiting: Array<(error?: Error) => void> = [];
  #onWait: (() => void) | undefined;

  start(listener: ConsumerListener): Promise<void> {
    this.calls.push("start");
    this.listener = listener;
    if (this.#isFirst) {
      this.#isFirst = false;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push((error) => error ? reject(error) : resolve());
      this.#onWait?.();
    });
  }

  stop(): Promise<void> {
    this.calls.push("stop");
    for (const end of this.#waiting.splice(0)) end(new Error("Stopped"));
    return Promise.resolve();
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  ends(): Promise<number[]> {
    return Promise.resolve([]);
  }

  pause(): void {}

  resume(): void {}

  /** Resolves when a start waits to be told. */
  waits(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.length > 0) resolve();
      else this.#onWait = resolve;
    });
  }

  /** Lets the start that waits succeed. */
  begin(): void {
    for (const end of this.#waiting.splice(0)) end();
  }
}

function consumerOver(engine: ConsumerEngine): GroupConsumer {
  const deadLetters = new EventProducer("test", new ScriptedEngine(), {});
  return new GroupConsumer("test", engine, deadLetters, {});
}

Deno.test("GroupConsumer joins again after a crash", async () => {
  const engine = new SlowEngine();
  const consumer = consumerOver(engine);
  await consumer.start();
  const waits = engine.waits();
  engine.listener!.crashed(new Error("Not authorized"));
  assertEquals(consumer.health().state, "rejoining");
  await waits;
  engine.begin();
  await Promise.resolve();
  assertEquals(consumer.health().state, "running");
  await consumer.stop();
  assertEquals(engine.calls, ["start", "stop", "start", "stop"]);
});

Deno.test("GroupConsumer.stop() ends a consumer that is joining again", async () => {
  const engine = new SlowEngine();
  const consumer = consumerOver(engine);
  await consumer.start();
  const waits = engine.waits();
  engine.listener!.crashed(new Error("Not authorized"));
  await waits;
  await consumer.stop();
  assertEquals(consumer.health().state, "stopped");
  assertEquals(engine.calls.at(-1), "stop");
});
