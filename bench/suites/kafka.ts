// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Publishing: `KafkaBus` against kafkajs and @platformatic/kafka, every event
 * acknowledged by all in-sync replicas, ours always idempotent.
 *
 * @module
 */

import process from "node:process";
import { KafkaBus } from "@huleedu/service-libs/kafka";
import { BenchTopics } from "../harness/bench_topics.ts";
import { callsPerSecond } from "../harness/calls_per_second.ts";
import { compare, type Peer } from "../harness/compare.ts";
import { KafkaJsPublisher } from "../harness/kafkajs_publisher.ts";
import { makeEvents } from "../harness/make_events.ts";
import { median } from "../harness/median.ts";
import { PlatformaticPublisher } from "../harness/platformatic_publisher.ts";
import { reportMeasurement } from "../harness/report_measurement.ts";
import { runtimeName } from "../harness/runtime.ts";
import { kafkaBootstrapServers } from "../harness/services.ts";

const CALLERS = { callers: 1_000, durationMs: 2_000 };
const ONE_BATCHER = { callers: 1, durationMs: CALLERS.durationMs };
const BATCH_EVENTS = 1_000;
const LATENCY_EVENTS = 500;
const MEMORY_EVENTS = 1_000_000;
const MEMORY_WARM_UP_EVENTS = 100_000;
const MIB = 1024 * 1024;

const events = makeEvents(10_000);
const params = {
  dataBytes: JSON.stringify(events[0]!.data).length,
  valueBytes: JSON.stringify(events[0]).length,
  partitions: 3,
  acks: "all",
};

const bootstrapServers = kafkaBootstrapServers();
await using topics = await BenchTopics.connect(bootstrapServers);
const topic = await topics.create("ours");
await using bus = await KafkaBus.connect({
  clientId: "bench",
  bootstrapServers,
});

// First, so that the heap has not grown for the peers yet.
await measureMemory();
await topics.verify();

await using idempotent = await KafkaJsPublisher.connect(bootstrapServers, {
  idempotent: true,
});
await using plain = await KafkaJsPublisher.connect(bootstrapServers, {
  idempotent: false,
});
await using platformatic = await PlatformaticPublisher.connect(
  bootstrapServers,
);
await compareThroughput();
await compareLatency();
await topics.verify();

async function measureMemory(): Promise<void> {
  let begun = 0;
  const publishUntil = (total: number, onEvent: (nth: number) => void) =>
    Promise.all(Array.from({ length: CALLERS.callers }, async () => {
      while (begun < total) {
        const nth = begun++;
        await publish(nth);
        onEvent(nth);
      }
    }));
  await publishUntil(MEMORY_WARM_UP_EVENTS, () => {});
  const before = process.memoryUsage.rss();
  let highest = before;
  await publishUntil(MEMORY_EVENTS, (nth) => {
    if (nth % 10_000 !== 0) return;
    highest = Math.max(highest, process.memoryUsage.rss());
    if (nth % 100_000 === 0) note(`memory: ${nth} events`);
  });
  const grown = (highest - before) / MIB;
  reportMeasurement({
    bench: "kafka",
    measure: "memory: resident growth while publishing",
    runtime: runtimeName(),
    ours: grown,
    peer: null,
    theirs: null,
    ratio: null,
    spread: [grown, grown],
    rounds: 1,
    unit: "MiB",
    params: {
      ...params,
      callers: CALLERS.callers,
      events: MEMORY_EVENTS,
      warmUpEvents: MEMORY_WARM_UP_EVENTS,
      residentBeforeMiB: before / MIB,
    },
    floor: { atMost: 64 },
  });
}

async function compareThroughput(): Promise<void> {
  const peers: Peer[] = [
    await eventByEvent("kafkajs 2.2 idempotent, a send per event", {
      atLeast: 18,
      send: (name, value) => idempotent.send(name, [{ value }]),
    }),
    await eventByEvent("kafkajs 2.2 not idempotent, a send per event", {
      atLeast: 7,
      send: (name, value) => plain.send(name, [{ value }]),
    }),
    await handMadeBatches(),
  ];
  if (platformatic) {
    peers.push(
      await eventByEvent(
        "@platformatic/kafka 2.12 idempotent, a send per event",
        {
          atLeast: 7,
          send: (name, value) => platformatic.send(name, value),
        },
      ),
    );
  } else {
    note("skipping @platformatic/kafka, which does not start here");
  }
  await compare({
    bench: "kafka",
    measure: "publish, 1,000 callers each awaiting its event",
    unit: "events/s",
    params: { ...params, ...CALLERS },
    ours: { run: () => callsPerSecond(CALLERS, publish) },
    peers,
  });
}

/** The same callers, each of which sends its event by itself. */
async function eventByEvent(
  name: string,
  { atLeast, send }: {
    readonly atLeast: number;
    readonly send: (topic: string, value: string) => Promise<void>;
  },
): Promise<Peer> {
  const own = await topics.create("event-by-event");
  return {
    name,
    floor: { atLeast },
    run: () =>
      callsPerSecond(CALLERS, async (index) => {
        await send(own.name, JSON.stringify(eventAt(index)));
        own.acknowledged++;
      }),
  };
}

/** One caller that has a thousand events at hand and sends them in one call. */
async function handMadeBatches(): Promise<Peer> {
  const own = await topics.create("batches");
  return {
    name: "kafkajs 2.2 idempotent, a send per 1,000 events made up by hand",
    floor: { atLeast: 0.85 },
    run: async () => {
      const batches = await callsPerSecond(ONE_BATCHER, async (index) => {
        const messages = Array.from({ length: BATCH_EVENTS }, (_, nth) => ({
          value: JSON.stringify(eventAt(index * BATCH_EVENTS + nth)),
        }));
        await idempotent.send(own.name, messages);
        own.acknowledged += BATCH_EVENTS;
      });
      return batches * BATCH_EVENTS;
    },
  };
}

async function compareLatency(): Promise<void> {
  const own = await topics.create("one-by-one");
  await compare({
    bench: "kafka",
    measure: "publish one after another, median latency",
    unit: "ms",
    params: { ...params, callers: 1, eventsPerRound: LATENCY_EVENTS },
    ours: { run: () => medianLatency(publish) },
    peers: [{
      name: "kafkajs 2.2 idempotent, a send per event",
      floor: { atMost: 1.1 },
      run: () =>
        medianLatency(async (index) => {
          const value = JSON.stringify(eventAt(index));
          await idempotent.send(own.name, [{ value }]);
          own.acknowledged++;
        }),
    }],
  });
}

async function medianLatency(
  call: (index: number) => Promise<void>,
): Promise<number> {
  const latencies: number[] = [];
  for (let index = 0; index < LATENCY_EVENTS; index++) {
    const start = performance.now();
    await call(index);
    latencies.push(performance.now() - start);
  }
  return median(latencies);
}

async function publish(index: number): Promise<void> {
  await bus.publishEvent(topic.name, eventAt(index));
  topic.acknowledged++;
}

function eventAt(index: number): typeof events[number] {
  return events[index % events.length]!;
}

function note(text: string): void {
  process.stderr.write(`kafka on ${runtimeName()}: ${text}\n`);
}
