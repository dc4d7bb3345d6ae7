// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Consuming: `KafkaConsumer` against kafkajs's `eachMessage`, each round with a
 * new group that reads a topic from the beginning.
 *
 * @module
 */

import process from "node:process";
import type { EventEnvelope } from "@huleedu/service-libs/events";
import { KafkaBus, KafkaConsumer } from "@huleedu/service-libs/kafka";
import type {
  HandlerContext,
  HandlerOutcome,
} from "@huleedu/service-libs/protocols";
import {
  RedisClient,
  RedisIdempotencyStore,
} from "@huleedu/service-libs/redis";
import { idempotent } from "@huleedu/service-libs/reliability";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import { type BenchTopic, BenchTopics } from "../harness/bench_topics.ts";
import { compare } from "../harness/compare.ts";
import {
  type EssayData,
  EVENT_TYPE,
  makeEvents,
} from "../harness/make_events.ts";
import { runtimeName } from "../harness/runtime.ts";
import { kafkaBootstrapServers, redisUrl } from "../harness/services.ts";
import { Stopwatch } from "../harness/stopwatch.ts";

const IDEMPOTENT_EVENTS = 20_000;
const PLAIN_EVENTS = 100_000;
/** Enough to fill the way to Redis; with more, each collection of garbage copies more. */
const CONCURRENCY = 200;
/** Long enough for a round; nothing of a run is left in Redis for long. */
const TTL_SECONDS = 60;

type Essay = EventEnvelope<EssayData>;
type HandleOurs = (
  envelope: Essay,
  context: HandlerContext,
) => Promise<HandlerOutcome | void>;
/** Handles an event; told what keeps rounds apart in Redis. */
type HandleTheirs = (envelope: Essay, round: string) => Promise<void>;

const bootstrapServers = kafkaBootstrapServers();
await using topics = await BenchTopics.connect(bootstrapServers);
/** What the handlers make of the events, so that they do not go unread. */
let essayBytes = 0;

await compareIdempotent();
await comparePlain();

async function compareIdempotent(): Promise<void> {
  const topic = await fill("idempotent", IDEMPOTENT_EVENTS);
  await using client = await RedisClient.connect({
    clientId: "bench",
    url: redisUrl(),
  });
  const store = new RedisIdempotencyStore(client);
  const redis = new Redis(redisUrl());
  try {
    await compare({
      bench: "consumer",
      measure: "consume with idempotency in Redis",
      unit: "events/s",
      params: paramsOf(topic),
      ours: {
        run: () =>
          runOurs(
            topic,
            (round) =>
              idempotent<EssayData>(handle, {
                store,
                serviceName: round,
                ttlMs: TTL_SECONDS * 1_000,
              }),
          ),
      },
      peers: [{
        name: "kafkajs 2.2 eachMessage, SET NX then SETEX over ioredis",
        floor: { atLeast: 5 },
        run: () => runTheirs(topic, withSetNx(redis)),
      }],
    });
  } finally {
    await redis.quit();
  }
}

async function comparePlain(): Promise<void> {
  const topic = await fill("plain", PLAIN_EVENTS);
  await compare({
    bench: "consumer",
    measure: "consume without idempotency",
    unit: "events/s",
    params: paramsOf(topic),
    ours: { run: () => runOurs(topic, () => handle) },
    peers: [{
      name: "kafkajs 2.2 eachMessage, JSON.parse",
      floor: { atLeast: 0.7 },
      run: () => runTheirs(topic, handle),
    }],
  });
}

// deno-lint-ignore require-await -- handlers are asynchronous.
async function handle(envelope: Essay): Promise<void> {
  essayBytes += envelope.data.text.length;
}

async function runOurs(
  topic: BenchTopic,
  makeHandler: (round: string) => HandleOurs,
): Promise<number> {
  const groupId = `bench-${crypto.randomUUID()}`;
  const handler = makeHandler(groupId);
  const stopwatch = new Stopwatch(topic.acknowledged);
  await using consumer = new KafkaConsumer({
    clientId: "bench",
    groupId,
    bootstrapServers,
    topics: [topic.name],
    fromBeginning: true,
    concurrency: CONCURRENCY,
  });
  consumer.on(EVENT_TYPE, async (envelope, context) => {
    stopwatch.begin();
    const outcome = await handler(envelope as Essay, context) ?? "processed";
    if (outcome === "processed") stopwatch.end();
    else stopwatch.fail(new Error(`An event was ${outcome}`));
  });
  await consumer.start();
  return await result("ours", stopwatch);
}

async function runTheirs(
  topic: BenchTopic,
  handler: HandleTheirs,
): Promise<number> {
  const groupId = `bench-${crypto.randomUUID()}`;
  const stopwatch = new Stopwatch(topic.acknowledged);
  const kafka = new Kafka({
    clientId: "bench-kafkajs",
    brokers: bootstrapServers.split(","),
    logLevel: logLevel.NOTHING,
  });
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: topic.name, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        stopwatch.begin();
        try {
          await handler(JSON.parse(message.value!.toString()), groupId);
        } catch (error) {
          stopwatch.fail(error);
        }
        stopwatch.end();
      },
    });
    return await result("kafkajs", stopwatch);
  } finally {
    await consumer.disconnect();
  }
}

/** Idempotency as it is written by hand. */
function withSetNx(redis: Redis): HandleTheirs {
  return async (envelope, round) => {
    const key = `bench:${round}:${envelope.event_id}`;
    const startedAt = Date.now() / 1_000;
    const processing = JSON.stringify({
      status: "processing",
      started_at: startedAt,
      event_id: envelope.event_id,
      correlation_id: envelope.correlation_id,
      source_service: envelope.source_service,
    });
    const isNew = await redis.set(key, processing, "EX", 30, "NX");
    if (isNew === null) throw new Error("An event was a duplicate");
    await handle(envelope);
    const completed = JSON.stringify({
      status: "completed",
      started_at: startedAt,
      processed_at: Date.now() / 1_000,
      event_id: envelope.event_id,
      correlation_id: envelope.correlation_id,
      source_service: envelope.source_service,
    });
    await redis.setex(key, TTL_SECONDS, completed);
  };
}

async function result(label: string, stopwatch: Stopwatch): Promise<number> {
  await stopwatch.finished;
  const { eventsPerSecond, joinMs } = stopwatch;
  note(
    `${label}: ${Math.round(eventsPerSecond)} events/s, the first one after ${
      Math.round(joinMs)
    } ms`,
  );
  return eventsPerSecond;
}

/** Publishes different events, keyed by their essay. */
async function fill(label: string, count: number): Promise<BenchTopic> {
  note(`filling a topic with ${count} events`);
  const topic = await topics.create(label);
  await using bus = await KafkaBus.connect({
    clientId: "bench",
    bootstrapServers,
  });
  await Promise.all(
    makeEvents(count).map(async (event) => {
      const key = event.data.essay_id;
      await bus.publishEvent(topic.name, event, { key });
      topic.acknowledged++;
    }),
  );
  return topic;
}

function paramsOf(topic: BenchTopic): Record<string, string | number> {
  return {
    events: topic.acknowledged,
    dataBytes: 300,
    partitions: 3,
    concurrency: CONCURRENCY,
  };
}

function note(text: string): void {
  process.stderr.write(`consumer on ${runtimeName()}: ${text}\n`);
}
