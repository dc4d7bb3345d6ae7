// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";

import { PublishError } from "../../kafka/errors.ts";
import { EventProducer } from "../../kafka/event_producer.ts";
import {
  redriveDeadLetters,
  type RedriveReport,
} from "../../kafka/redrive_dead_letters.ts";
import { HandFedEngine } from "./_hand_fed_engine.ts";
import { ScriptedEngine, type Turn } from "./_scripted_engine.ts";

const TYPE = "huleedu.essay.created.v1";
const LETTERS = `${TYPE}.dlq`;
const AT = { topic: LETTERS, partition: 0 };

interface Rig extends AsyncDisposable {
  readonly values: readonly string[];
  readonly letters: HandFedEngine;
  readonly broker: ScriptedEngine;
  readonly producer: EventProducer;
  redrive(): Promise<RedriveReport>;
}

async function rig(count: number, script: readonly Turn[] = []): Promise<Rig> {
  const values = Array.from({ length: count }, (_, nth) => String(nth));
  const letters = new HandFedEngine(AT, values);
  const broker = new ScriptedEngine(script);
  const producer = new EventProducer("test", broker, {});
  await producer.start();
  return {
    values,
    letters,
    broker,
    producer,
    redrive: () => redriveDeadLetters(letters, producer, TYPE, LETTERS, {}),
    [Symbol.asyncDispose]: () => producer.stop(),
  };
}

Deno.test("redrive() has many letters on their way, in order, and commits what is acknowledged", async () => {
  await using test = await rig(300, ["hang"]);
  const { broker, letters, values } = test;
  const report = test.redrive();
  await broker.hangs();
  assertEquals(letters.commits, []);
  broker.release();
  assertEquals(await report, { redriven: 300, kept: 0 });
  assertEquals(broker.log(TYPE), values);
  assert(broker.requests.length < 10, `${broker.requests.length} requests`);
  assertEquals(letters.commits.at(-1), 300);
});

Deno.test("redrive() moves a letter that is refused behind those that were sent, which are not sent again", async () => {
  await using test = await rig(10);
  const { broker, letters, values } = test;
  const isRefused = (value: Uint8Array | null) =>
    new TextDecoder().decode(value!) === "3";
  broker.answer = ({ topic, records }) =>
    topic === TYPE && records.some(({ value }) => isRefused(value))
      ? { baseOffset: -1, error: "INVALID_RECORD" }
      : undefined;
  const { code } = await assertRejects(() => test.redrive(), PublishError);
  assertEquals(code, "rejected");
  assertEquals(broker.log(TYPE), values.filter((value) => value !== "3"));
  assertEquals(broker.log(LETTERS), ["3"]);
  assertEquals(letters.commits.at(-1), 10);
});

Deno.test("redrive() commits nothing that is not acknowledged", async () => {
  await using test = await rig(10, ["hang"]);
  const { broker, letters, producer } = test;
  const report = assertRejects(() => test.redrive(), PublishError);
  await broker.hangs();
  const stopped = producer.stop({ timeoutMs: 1 });
  await report;
  assertEquals(letters.commits, []);
  broker.release();
  await stopped;
});

Deno.test("redrive() ends with the error of a commit", async () => {
  await using test = await rig(10);
  const { letters } = test;
  letters.commit = () => Promise.reject(new Error("Coordinator is gone"));
  await assertRejects(() => test.redrive(), Error, "Coordinator is gone");
});

Deno.test("redrive() lets its group rebalance when what is on its way is committed", async () => {
  await using test = await rig(600, ["hang"]);
  const { broker, letters, values } = test;
  const report = test.redrive();
  await broker.hangs();
  let isHandedOver = false;
  const rebalancing = letters.listener.rebalancing().then(() => {
    isHandedOver = true;
  });
  assertEquals([isHandedOver, letters.commits], [false, []]);
  broker.release();
  await rebalancing;
  assertEquals(broker.log(TYPE), values.slice(0, 500));
  assertEquals(letters.commits.at(-1), 500);
  letters.listener.assigned([{ ...AT, offset: 500 }], true);
  assertEquals(await report, { redriven: 600, kept: 0 });
  assertEquals(broker.log(TYPE), values);
  assertEquals(letters.commits.at(-1), 600);
});

Deno.test("redrive() takes nothing for an assignment that is over before its ends are known", async () => {
  await using test = await rig(5);
  const { broker, letters, values } = test;
  const ends = Promise.withResolvers<number[]>();
  const known = letters.ends.bind(letters);
  letters.ends = () => ends.promise;
  const report = test.redrive();
  letters.ends = known;
  await letters.listener.rebalancing();
  ends.resolve([values.length]);
  await ends.promise;
  assertEquals(broker.requests, []);
  letters.listener.assigned([{ ...AT, offset: 0 }], true);
  assertEquals(await report, { redriven: 5, kept: 0 });
  assertEquals(broker.log(TYPE), values);
});

Deno.test("redrive() passes what is no letter behind the last one, and nothing that came later", async () => {
  await using test = await rig(3);
  const { broker, letters, values } = test;
  letters.ends = () => Promise.resolve([2]);
  assertEquals(await test.redrive(), { redriven: 2, kept: 0 });
  assertEquals(broker.log(TYPE), values.slice(0, 2));
  assertEquals(letters.commits.at(-1), 2);
});
