// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Telling users: `RedisPubSub` with a subscription for each of 10,000 users
 * against ioredis with all of their channels and one handler.
 *
 * @module
 */

import process from "node:process";
import { RedisPubSub } from "@huleedu/service-libs/redis";
import type { Subscription } from "@huleedu/service-libs/protocols";
import { Redis } from "ioredis";
import { compare } from "../harness/compare.ts";
import { heapBytes } from "../harness/heap_bytes.ts";
import type { Floor } from "../harness/measurement.ts";
import { reportMeasurement } from "../harness/report_measurement.ts";
import { runtimeName } from "../harness/runtime.ts";
import { redisUrl } from "../harness/services.ts";

const USERS = 10_000;
/** Each user gets as many messages a round. */
const MESSAGES_EACH = 10;
/** ioredis takes a channel name as an argument of one call. */
const CHANNELS_A_CALL = 1_000;
const CLIENT_ID = `bench-pubsub-${process.pid}`;
const MESSAGE = JSON.stringify({
  event: "essay_graded",
  data: {
    essay_id: "essay-00000001",
    grade: "B",
    text: "Lorem ipsum dolor ".repeat(12),
  },
});
/**
 * Publishes to everybody from within the server, so that publishing costs this
 * process nothing but to read.
 */
const PUBLISH_TO_ALL = `for user = 1, tonumber(ARGV[2]) do
  redis.call('PUBLISH', ARGV[1] .. string.format('%05d', user), ARGV[3])
end
return 'done'`;

const params = {
  subscriptions: USERS,
  channelBytes: userId("ours", 1).length + "ws:".length,
  messageBytes: MESSAGE.length,
};

/** Counts what is delivered, and tells when enough has come. */
class Deliveries {
  #count = 0;
  #wanted = 0;
  #enough: () => void = () => {};
  /** What the handlers make of the messages, so that they do not go unread. */
  bytes = 0;

  /** Takes a message. */
  take(message: string): void {
    this.bytes += message.length;
    if (++this.#count === this.#wanted) this.#enough();
  }

  /** Resolves once so many messages have come since the last `reset()`. */
  reached(count: number): Promise<void> {
    if (this.#count >= count) return Promise.resolve();
    this.#wanted = count;
    return new Promise((resolve) => this.#enough = resolve);
  }

  /** Counts from zero. */
  reset(): void {
    this.#count = 0;
  }
}

const publisher = new Redis(redisUrl());
const subscriber = new Redis(redisUrl());
const ours = new Deliveries();
const theirs = new Deliveries();
await using pubsub = await RedisPubSub.connect({
  clientId: CLIENT_ID,
  url: redisUrl(),
});
const subscriptions: Subscription[] = [];

try {
  await measureMemory();
  report({
    measure: "connections for 10,000 user subscriptions",
    unit: "connections",
    value: await countSubscriberConnections(),
    floor: { atMost: 1 },
  });
  await compareDelivery();
  verifyBytes();
} finally {
  await Promise.all([publisher.quit(), subscriber.quit()]);
}

/** First, so that the heap holds nothing else. */
async function measureMemory(): Promise<void> {
  // Opens the connection, and has the code compiled.
  const first = await pubsub.subscribe("bench-warm-up");
  await first.unsubscribe();
  const before = await heapBytes();
  const start = performance.now();
  await subscribeAll();
  note(`subscribed in ${Math.round(performance.now() - start)} ms`);
  const bytes = (await heapBytes() - before) / USERS;
  report({
    measure: "memory of an idle subscription and the loop that reads it",
    unit: "bytes",
    value: bytes,
    floor: { atMost: 2_048 },
  });
}

async function subscribeAll(): Promise<void> {
  const users = Array.from({ length: USERS }, (_, nth) => nth + 1);
  subscriptions.push(
    ...await Promise.all(
      users.map((user) =>
        pubsub.subscribe(pubsub.getUserChannel(userId("ours", user)))
      ),
    ),
  );
  for (const subscription of subscriptions) void read(subscription);
}

async function read(subscription: Subscription): Promise<void> {
  for await (const { message, gap } of subscription) {
    if (gap !== undefined) throw new Error("Messages were lost");
    ours.take(message);
  }
}

async function compareDelivery(): Promise<void> {
  subscriber.on("message", (_channel, message) => theirs.take(message));
  for (let from = 1; from <= USERS; from += CHANNELS_A_CALL) {
    const channels = Array.from(
      { length: CHANNELS_A_CALL },
      (_, nth) => `ws:${userId("them", from + nth)}`,
    );
    await subscriber.subscribe(...channels);
  }
  await compare({
    bench: "pubsub",
    measure: "deliver to 10,000 subscribed users",
    unit: "messages/s",
    params: { ...params, messagesPerRound: USERS * MESSAGES_EACH },
    ours: { run: () => deliver("ours", ours) },
    peers: [{
      name: "ioredis 6, one connection, one handler",
      floor: { atLeast: 0.7 },
      run: () => deliver("them", theirs),
    }],
  });
}

/**
 * One message after another to each user. The server is one ahead of the
 * readers, no more: it disconnects who lets megabytes wait.
 */
async function deliver(side: Side, deliveries: Deliveries): Promise<number> {
  deliveries.reset();
  const start = performance.now();
  for (let nth = 0; nth < MESSAGES_EACH; nth++) {
    await deliveries.reached((nth - 1) * USERS);
    await publisher.eval(
      PUBLISH_TO_ALL,
      0,
      ...[`ws:${userPrefix(side)}`, String(USERS), MESSAGE],
    );
  }
  await deliveries.reached(MESSAGES_EACH * USERS);
  return USERS * MESSAGES_EACH / (performance.now() - start) * 1_000;
}

/** Looks whether both have read the same. */
function verifyBytes(): void {
  if (ours.bytes === theirs.bytes && ours.bytes > 0) return;
  throw new Error(`Read ${ours.bytes} and ${theirs.bytes} bytes`);
}

async function countSubscriberConnections(): Promise<number> {
  const list = String(await publisher.client("LIST", "TYPE", "PUBSUB"));
  return list.split("\n")
    .filter((line) => line.includes(` name=${CLIENT_ID} `)).length;
}

function report({ measure, unit, value, floor }: {
  readonly measure: string;
  readonly unit: string;
  readonly value: number;
  readonly floor: Floor;
}): void {
  reportMeasurement({
    bench: "pubsub",
    measure,
    runtime: runtimeName(),
    ours: value,
    peer: null,
    theirs: null,
    ratio: null,
    spread: [value, value],
    rounds: 1,
    unit,
    params,
    floor,
  });
}

type Side = "ours" | "them";

function userPrefix(side: Side): string {
  return `bench-${process.pid}-${side}-`;
}

function userId(side: Side, user: number): string {
  return userPrefix(side) + String(user).padStart(5, "0");
}

function note(text: string): void {
  process.stderr.write(`pubsub on ${runtimeName()}: ${text}\n`);
}
