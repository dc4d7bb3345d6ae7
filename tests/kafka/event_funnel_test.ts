// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";

import { PublishError } from "../../kafka/errors.ts";
import {
  EventFunnel,
  type EventFunnelOptions,
} from "../../kafka/event_funnel.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";
import { record, ScriptedEngine, type Turn } from "./_scripted_engine.ts";

const TOPIC = "huleedu.essay.created.v1";
const NUMBERS = Array.from({ length: 8 }, (_, i) => String(i));

interface Rig extends AsyncDisposable {
  readonly engine: ScriptedEngine;
  readonly funnel: EventFunnel;
  readonly logger: RecordingLogger;
  send(value: string, key?: string, signal?: AbortSignal): Promise<number>;
}

function rig(
  script: readonly Turn[] = [],
  options: Partial<EventFunnelOptions> = {},
  partitions = 1,
): Rig {
  const engine = new ScriptedEngine(script, partitions);
  const logger = new RecordingLogger();
  const funnel = new EventFunnel(engine, {
    deliveryTimeoutMs: 10_000,
    maxQueuedBytes: 1024 * 1024,
    maxBatchBytes: 64 * 1024,
    logger,
    ...options,
  });
  return {
    engine,
    funnel,
    logger,
    send: (value, key, signal) =>
      funnel.send(TOPIC, record(value, key), signal),
    [Symbol.asyncDispose]: async () => {
      engine.release();
      await funnel.drain(0);
    },
  };
}

/** Lets everything that is ready run first. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  const { code, outcome, topic } = await assertRejects(
    () => call,
    PublishError,
  );
  assertEquals(topic, TOPIC);
  return { code, outcome };
}

Deno.test("EventFunnel puts calls of one turn into one request", async () => {
  await using r = rig();
  const offsets = await Promise.all(NUMBERS.map((each) => r.send(each)));
  assertEquals(offsets, [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals(r.engine.requests.length, 1);
});

Deno.test("EventFunnel lets calls made meanwhile ride the next request", async () => {
  await using r = rig(["hang"]);
  const first = r.send("first");
  await r.engine.hangs();
  const rest = NUMBERS.map((each) => r.send(each));
  r.engine.release();
  await Promise.all([first, ...rest]);
  assertEquals(r.engine.requests.map(([batch]) => batch!.records.length), [
    1,
    8,
  ]);
});

Deno.test("EventFunnel loses and doubles nothing when an answer is lost", async () => {
  await using r = rig(["ok", "lose the answer"]);
  await r.send("warm");
  const first = NUMBERS.slice(0, 4).map((each) => r.send(each, "k"));
  await Promise.resolve();
  const more = NUMBERS.slice(4).map((each) => r.send(each, "k"));
  const offsets = await Promise.all([...first, ...more]);
  assertEquals(r.engine.log(TOPIC), ["warm", ...NUMBERS]);
  assertEquals(offsets, [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("EventFunnel sends the same batch again after a lost answer", async () => {
  await using r = rig(["lose the answer", "hang"]);
  const calls = NUMBERS.slice(0, 2).map((each) => r.send(each));
  await r.engine.hangs();
  calls.push(r.send("late"));
  r.engine.release();
  await Promise.all(calls);
  const [before, after] = r.engine.requests;
  assertEquals(after, before);
});

Deno.test("EventFunnel keeps trying while the broker refuses", async () => {
  await using r = rig(["refuse", "refuse", "refuse"]);
  assertEquals(await r.send("patient"), 0);
  assertEquals(r.engine.log(TOPIC), ["patient"]);
  assertEquals(
    r.logger.lines.map(({ message }) => message),
    ["Kafka does not answer; trying again", "Kafka answers again"],
  );
});

Deno.test("EventFunnel keeps the order of a key through errors", async () => {
  const error = "NOT_LEADER_OR_FOLLOWER";
  await using r = rig([{ error }, "refuse", "lose the answer", { error }]);
  await Promise.all(NUMBERS.map((each) => r.send(each, "k")));
  assertEquals(r.engine.log(TOPIC), NUMBERS);
});

Deno.test("EventFunnel sends the same batch again to a leader that stepped down", async () => {
  // It may have written the batch before it did.
  const error = "NOT_LEADER_OR_FOLLOWER";
  await using r = rig([{ error, isWritten: true }]);
  const first = r.send("first", "k");
  while (r.engine.requests.length === 0) await turn();
  const second = r.send("second", "k");
  assertEquals(await Promise.all([first, second]), [0, 1]);
  assertEquals(r.engine.log(TOPIC), ["first", "second"]);
});

Deno.test("EventFunnel loses no event behind one that was aborted meanwhile", async () => {
  const error = "NOT_LEADER_OR_FOLLOWER";
  await using r = rig([{ error, isWritten: true }]);
  const change = new AbortController();
  const aborted = failure(r.send("aborted", "k", change.signal));
  while (r.engine.requests.length === 0) await turn();
  const next = r.send("next", "k");
  change.abort();
  assertEquals(await aborted, { code: "aborted", outcome: "unknown" });
  assertEquals(await next, 1);
  assertEquals(r.engine.log(TOPIC), ["aborted", "next"]);
});

Deno.test("EventFunnel says that an event was not sent when none could be", async () => {
  await using r = rig(Array(200).fill("refuse"), { deliveryTimeoutMs: 100 });
  assertEquals(await failure(r.send("a")), {
    code: "timed_out",
    outcome: "not_sent",
  });
});

Deno.test("EventFunnel says unknown when the answer never came", async () => {
  await using r = rig(["hang"], { deliveryTimeoutMs: 100 });
  assertEquals(await failure(r.send("a")), {
    code: "timed_out",
    outcome: "unknown",
  });
});

Deno.test("EventFunnel takes a new identity after an unknown outcome", async () => {
  await using r = rig([], { deliveryTimeoutMs: 100 });
  await r.send("before");
  r.engine.isDeaf = true;
  assertEquals(await failure(r.send("unknown")), {
    code: "timed_out",
    outcome: "unknown",
  });
  r.engine.isDeaf = false;
  await r.send("after");
  assertEquals(r.engine.log(TOPIC), ["before", "unknown", "after"]);
  const [first, last] = [r.engine.requests.at(0)!, r.engine.requests.at(-1)!];
  assertNotEquals(last[0]!.identity.id, first[0]!.identity.id);
});

Deno.test("EventFunnel withdraws a queued event when its signal is aborted", async () => {
  await using r = rig(["hang"]);
  const first = r.send("first");
  await r.engine.hangs();
  const change = new AbortController();
  const queued = r.send("queued", undefined, change.signal);
  change.abort();
  assertEquals(await failure(queued), { code: "aborted", outcome: "not_sent" });
  r.engine.release();
  await first;
  await r.send("last");
  assertEquals(r.engine.log(TOPIC), ["first", "last"]);
});

Deno.test("EventFunnel says unknown when a signal is aborted in flight", async () => {
  await using r = rig(["hang"]);
  const change = new AbortController();
  const call = r.send("flying", undefined, change.signal);
  await r.engine.hangs();
  change.abort();
  assertEquals(await failure(call), { code: "aborted", outcome: "unknown" });
});

Deno.test("EventFunnel makes callers wait when the queue is full", async () => {
  await using r = rig(["hang"], { maxQueuedBytes: 150 });
  const calls = NUMBERS.map((each) => r.send(each, "k"));
  await r.engine.hangs();
  assertEquals(r.engine.requests[0]![0]!.records.length, 3);
  r.engine.release();
  await Promise.all(calls);
  assertEquals(r.engine.log(TOPIC), NUMBERS);
});

Deno.test("EventFunnel halves a batch that the broker finds too large", async () => {
  const error = "MESSAGE_TOO_LARGE";
  await using r = rig([{ error }, { error }]);
  await Promise.all(NUMBERS.map((each) => r.send(each)));
  assertEquals(r.engine.log(TOPIC), NUMBERS);
  const sizes = r.engine.requests.map(([batch]) => batch!.records.length);
  assertEquals(sizes, [8, 4, 2, 2, 2, 2]);
});

Deno.test("EventFunnel fails an event alone that the broker finds too large", async () => {
  await using r = rig([{ error: "MESSAGE_TOO_LARGE" }]);
  assertEquals(await failure(r.send("a")), {
    code: "too_large",
    outcome: "not_sent",
  });
});

Deno.test("EventFunnel goes back to full batches once the event that was too large is found", async () => {
  await using r = rig();
  r.engine.answer = ({ records }) =>
    records.some(({ value }) => value!.length > 100)
      ? { baseOffset: -1, error: "MESSAGE_TOO_LARGE" }
      : undefined;
  const good = NUMBERS.map((each) => r.send(each));
  const bad = failure(r.send("x".repeat(101)));
  assertEquals(await bad, { code: "too_large", outcome: "not_sent" });
  await Promise.all(good);
  r.engine.requests.length = 0;
  await Promise.all(NUMBERS.map((each) => r.send(each)));
  assertEquals(r.engine.requests.map(([batch]) => batch!.records.length), [8]);
});

Deno.test("EventFunnel lets no request grow without end, and passes no partition over", async () => {
  await using r = rig(["hang"], { maxRequestBytes: 140 }, 8);
  const first = r.send("first");
  await r.engine.hangs();
  const calls = NUMBERS.map((each) => r.send(each.repeat(60), `key-${each}`));
  r.engine.release();
  await Promise.all([first, ...calls]);
  const counts = r.engine.requests.map((batches) => batches.length);
  assertEquals(Math.max(...counts), 2);
  const partitions = r.engine.requests.slice(1).flatMap((batches) =>
    batches.map(({ partition }) => partition)
  );
  assertEquals(partitions.length, new Set(partitions).size);
});

Deno.test("EventFunnel fails a bad record without its neighbours", async () => {
  await using r = rig();
  r.engine.answer = ({ records }) =>
    records.some(({ value }) => String.fromCharCode(...value!) === "bad")
      ? { baseOffset: -1, error: "INVALID_RECORD" }
      : undefined;
  const outcomes = await Promise.allSettled(
    ["a", "bad", "b"].map((each) => r.send(each)),
  );
  assertEquals(outcomes.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  assertEquals(r.engine.log(TOPIC), ["a", "b"]);
});

Deno.test("EventFunnel never takes one offset for two events", async () => {
  await using r = rig();
  await r.send("first");
  r.engine.answer = () => ({ baseOffset: 0, error: null });
  assertEquals(await failure(r.send("second")), {
    code: "offset_conflict",
    outcome: "unknown",
  });
  assertEquals(r.logger.lines.at(-1)?.level, "critical");
});

Deno.test("EventFunnel raises no alarm for a topic that was created anew", async () => {
  await using r = rig();
  await r.send("first");
  r.engine.id = "another";
  r.engine.answer = () => ({ baseOffset: 0, error: null });
  assertEquals(await r.send("second"), 0);
  assertEquals(r.logger.lines, []);
  // Within the new topic an offset that is given twice is one again.
  assertEquals(await failure(r.send("third")), {
    code: "offset_conflict",
    outcome: "unknown",
  });
});

Deno.test("EventFunnel begins a new sequence when the broker lost the old one", async () => {
  await using r = rig(["ok", { error: "UNKNOWN_PRODUCER_ID" }]);
  await r.send("a");
  await r.send("b");
  assertEquals(r.engine.log(TOPIC), ["a", "b"]);
  const identities = r.engine.requests.map(([batch]) => batch!.identity.id);
  assertEquals(identities, [0n, 0n, 1n]);
});

Deno.test("EventFunnel gives up on a topic that stays missing", async () => {
  await using r = rig();
  r.engine.topicExists = false;
  assertEquals(await failure(r.send("a")), {
    code: "unknown_topic",
    outcome: "not_sent",
  });
});

Deno.test("EventFunnel.drain() waits for what is on its way", async () => {
  await using r = rig(["hang"]);
  const call = r.send("a");
  await r.engine.hangs();
  const drained = r.funnel.drain(60_000);
  r.engine.release();
  await drained;
  assertEquals(await call, 0);
});

Deno.test("EventFunnel.drain() fails what is left at the deadline", async () => {
  await using r = rig(["hang"]);
  const flying = failure(r.send("a"));
  await r.engine.hangs();
  const queued = failure(r.send("b"));
  await r.funnel.drain(1);
  assertEquals(await flying, { code: "stopped", outcome: "unknown" });
  assertEquals(await queued, { code: "stopped", outcome: "not_sent" });
});
