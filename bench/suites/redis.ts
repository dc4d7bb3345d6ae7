// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Setting keys that do not exist, and reading: `RedisClient` against ioredis and
 * node-redis, the same keys, values and times to live, and every call awaited by
 * its own caller.
 *
 * @module
 */

import process from "node:process";
import { RedisClient } from "@huleedu/service-libs/redis";
import { Redis } from "ioredis";
import { createClient } from "npm:redis@^6.3";
import { callsPerSecond } from "../harness/calls_per_second.ts";
import { compare } from "../harness/compare.ts";
import { median } from "../harness/median.ts";
import { runtimeName } from "../harness/runtime.ts";
import { redisUrl } from "../harness/services.ts";

/** Sets a key that does not exist; whether it was set. */
type SetOne = (key: string, value: string) => Promise<boolean>;

const DURATION_MS = 700;
const LATENCY_CALLS = 2_000;
const TTL_MS = 60_000;
const DELETED_AT_ONCE = 1_000;
/** Bun writes what ioredis hands over piece by piece in one go already. */
const FLOORS = runtimeName() === "bun"
  ? { thousand: 2.2, hundred: 1.7 }
  : { thousand: 3, hundred: 2 };

const params = {
  keyBytes: keyOf(0, 0).length,
  valueBytes: valueOf(0, 0).length,
  ttlMs: TTL_MS,
};

await using client = await RedisClient.connect({
  clientId: "bench",
  url: redisUrl(),
});
const ioredis = new Redis(redisUrl());
const nodeRedis = createClient({ url: redisUrl() });
await nodeRedis.connect();
let runs = 0;

try {
  await compareThroughput(1_000, FLOORS.thousand);
  await compareThroughput(100, FLOORS.hundred, 1.3);
  await compareLatency();
  await compareReads();
} finally {
  await ioredis.quit();
  await nodeRedis.close();
}

async function compareThroughput(
  callers: number,
  ioredisFloor: number,
  nodeRedisFloor?: number,
): Promise<void> {
  const load = { callers, durationMs: DURATION_MS };
  const run = (set: SetOne) =>
    onFreshKeys(set, (call) => callsPerSecond(load, call));
  const peers = [{
    name: "ioredis 6, set with NX",
    floor: { atLeast: ioredisFloor },
    run: () => run(setByIoredis),
  }];
  if (nodeRedisFloor !== undefined) {
    peers.push({
      name: "node-redis 6, set with NX",
      floor: { atLeast: nodeRedisFloor },
      run: () => run(setByNodeRedis),
    });
  }
  await compare({
    bench: "redis",
    measure: `setIfNotExists, ${callers.toLocaleString("en")} in flight`,
    unit: "calls/s",
    params: { ...params, ...load },
    ours: { run: () => run(setByOurs) },
    peers,
  });
}

async function compareLatency(): Promise<void> {
  const run = (set: SetOne) => onFreshKeys(set, medianLatency);
  await compare({
    bench: "redis",
    measure: "setIfNotExists one after another, median latency",
    unit: "ms",
    params: { ...params, callers: 1, callsPerRound: LATENCY_CALLS },
    ours: { run: () => run(setByOurs) },
    peers: [{
      name: "ioredis 6, set with NX",
      floor: { atMost: 1.1 },
      run: () => run(setByIoredis),
    }],
  });
}

/** Reads one key again and again, so that the client is what is measured. */
async function compareReads(): Promise<void> {
  const load = { callers: 1_000, durationMs: DURATION_MS };
  const key = `bench:read:${process.pid}`;
  const value = valueOf(0, 0);
  await ioredis.set(key, value, "PX", TTL_MS);
  const run = (get: () => Promise<string | null>) =>
    callsPerSecond(load, async () => {
      if (await get() !== value) throw new Error("Read another value");
    });
  await compare({
    bench: "redis",
    measure: "get, 1,000 in flight",
    unit: "calls/s",
    params: { ...params, ...load },
    ours: { run: () => run(() => client.get(key)) },
    peers: [
      {
        name: "ioredis 6",
        floor: { atLeast: 2 },
        run: () => run(() => ioredis.get(key)),
      },
      {
        name: "node-redis 6",
        floor: { atLeast: 1.3 },
        run: () => run(() => nodeRedis.get(key)),
      },
    ],
  });
  await ioredis.del(key);
}

function setByOurs(key: string, value: string): Promise<boolean> {
  return client.setIfNotExists(key, value, { ttlMs: TTL_MS });
}

async function setByIoredis(key: string, value: string): Promise<boolean> {
  return await ioredis.set(key, value, "PX", TTL_MS, "NX") === "OK";
}

async function setByNodeRedis(key: string, value: string): Promise<boolean> {
  const reply = await nodeRedis.set(key, value, {
    condition: "NX",
    expiration: { type: "PX", value: TTL_MS },
  });
  return reply === "OK";
}

/**
 * Measures with keys that nobody has set before, looks whether they are there,
 * and deletes them.
 */
async function onFreshKeys(
  set: SetOne,
  measure: (call: (index: number) => Promise<void>) => Promise<number>,
): Promise<number> {
  const run = runs++;
  let calls = 0;
  let refused = 0;
  const result = await measure(async (index) => {
    calls++;
    if (!await set(keyOf(run, index), valueOf(run, index))) refused++;
  });
  if (refused > 0) throw new Error(`${refused} of ${calls} keys were not set`);
  await verifyKey(run, calls - 1);
  await deleteKeys(run, calls);
  return result;
}

async function verifyKey(run: number, index: number): Promise<void> {
  const value = await ioredis.get(keyOf(run, index));
  const ttlMs = await ioredis.pttl(keyOf(run, index));
  if (value === valueOf(run, index) && ttlMs > 0 && ttlMs <= TTL_MS) return;
  throw new Error(`Key ${index} of run ${run} is not as it was set`);
}

async function deleteKeys(run: number, count: number): Promise<void> {
  for (let from = 0; from < count; from += DELETED_AT_ONCE) {
    const length = Math.min(DELETED_AT_ONCE, count - from);
    const keys = Array.from({ length }, (_, nth) => keyOf(run, from + nth));
    const deleted = await ioredis.unlink(...keys);
    if (deleted === length) continue;
    throw new Error(`${length - deleted} keys of run ${run} are not there`);
  }
}

async function medianLatency(
  call: (index: number) => Promise<void>,
): Promise<number> {
  const latencies: number[] = [];
  for (let index = 0; index < LATENCY_CALLS; index++) {
    const start = performance.now();
    await call(index);
    latencies.push(performance.now() - start);
  }
  return median(latencies);
}

/** As long as the key of an event's idempotency. */
function keyOf(run: number, index: number): string {
  return `bench:idempotency:${padded(run)}:${padded(index)}`;
}

function valueOf(run: number, index: number): string {
  return `token-of-a-holder-${padded(run)}-${padded(index)}`;
}

function padded(value: number): string {
  return String(value).padStart(8, "0");
}
