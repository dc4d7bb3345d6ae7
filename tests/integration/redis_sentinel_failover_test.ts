// Copyright 2026 the HuleEdu authors. MIT license.

// Real sentinels replace the master while clients write: once because it died,
// once because they were told to.

import { assert, assertEquals } from "@std/assert";
import { RedisClient } from "../../redis/mod.ts";
import {
  askRedis,
  type RedisSentinelGroup,
  startRedisSentinel,
} from "../../tools/services/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import { neverHanging, until } from "./_redis_faults.ts";
import { SubscriptionReader } from "./_subscription_reader.ts";
import { Writers } from "./_redis_writers.ts";

const WRITERS = 12;
/** No call may take longer, so that a hang is told from a slow failover. */
const COMMAND_TIMEOUT_MS = 4_000;

Deno.test("two failovers lose no write that a replica has confirmed, and double none", async () => {
  await using group = await startRedisSentinel();
  const [first, second] = group.servers;
  assert(first !== undefined && second !== undefined);
  await using redis = await connect(group);
  await using sub = await redis.subscribe("c");
  const reader = new SubscriptionReader(sub);
  const popped = redis.blpop(["list"], 60_000).catch(String);
  const keys = Array.from({ length: WRITERS }, (_, i) => `w:${i}`);
  const writers = new Writers(redis, keys);

  await writers.more(1_000);
  const confirmed = new Set(await confirm(first.port, writers));
  await first.kill();
  await until("the other is the master", () => isMaster(second.port));
  await writers.more(500);
  await subscribed(redis, reader);

  // It comes back as a replica of the new one, and takes over from it.
  await first.restart();
  await order(first.port, "REPLICAOF", "127.0.0.1", String(second.port));
  await until("it follows", () => isFollowed(second.port));
  for (const value of await confirm(second.port, writers)) confirmed.add(value);
  // Or else it acknowledges what nobody will have, until it is told.
  await order(second.port, "CONFIG", "SET", "min-replicas-to-write", "1");
  await until("a sentinel agrees to it", async () => {
    const { port } = group.sentinels[0]!;
    const answer = await askRedis(port, "SENTINEL", "FAILOVER", group.name);
    return answer.startsWith("+OK");
  });
  await until("the first is the master again", () => isMaster(first.port));
  await writers.more(500);
  await subscribed(redis, reader);
  await until("nobody writes to the other", () => isReplica(second.port));

  const report = await writers.finish();
  // What no replica has yet is lost with its master: that is Redis' own promise.
  assertEquals(report.lost.filter((value) => confirmed.has(value)), []);
  assertEquals(report.doubled, []);
  assertEquals(report.phantoms, []);
  assertEquals(report.wrong, []);
  // The wait was cut short by the death of the server, and told so.
  assert(String(await neverHanging(popped, "blpop")).includes("BLPOP"));
});

function connect(group: RedisSentinelGroup): Promise<RedisClient> {
  return RedisClient.connect({
    clientId: "t",
    commandTimeoutMs: COMMAND_TIMEOUT_MS,
    sentinel: {
      name: group.name,
      sentinels: group.sentinels.map(({ port }) => ({
        host: "127.0.0.1",
        port,
      })),
    },
  });
}

/**
 * The writes acknowledged so far, once a replica has them all: it has what comes
 * after them.
 */
async function confirm(
  port: number,
  writers: Writers,
): Promise<readonly string[]> {
  const { acknowledged } = writers;
  using admin = await RedisAdmin.connect(port);
  await admin.ask("INCR", "barrier");
  assertEquals(await admin.ask("WAIT", "1", "10000"), "1");
  return acknowledged;
}

/** Waits for the marker of the gap, and for a message behind it. */
async function subscribed(
  redis: RedisClient,
  reader: SubscriptionReader,
): Promise<void> {
  // What comes before it was handed on by a master that was not replaced yet.
  await reader.gap();
  await until(
    "somebody listens",
    () => redis.publish("c", "m").then((count) => count > 0, () => false),
  );
  assertEquals((await reader.next()).message, "m");
}

async function order(port: number, ...words: string[]): Promise<void> {
  using admin = await RedisAdmin.connect(port);
  await admin.ask(...words);
}

async function isMaster(port: number): Promise<boolean> {
  return (await tell(port, "ROLE")).includes("$6\r\nmaster");
}

async function isReplica(port: number): Promise<boolean> {
  return (await tell(port, "ROLE")).includes("$5\r\nslave");
}

async function isFollowed(port: number): Promise<boolean> {
  return (await tell(port, "INFO", "replication")).includes("state=online");
}

/** A server hangs up on everybody when its part changes. */
function tell(port: number, ...words: string[]): Promise<string> {
  return askRedis(port, ...words).catch(() => "");
}
