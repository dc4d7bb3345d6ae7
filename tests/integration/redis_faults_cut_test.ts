// Copyright 2026 the HuleEdu authors. MIT license.

// Replies that break off after the server has acted, at each of their bytes.

import { assert, assertEquals } from "@std/assert";
import { RedisClient, RedisIdempotencyStore } from "../../redis/mod.ts";
import type { FaultProxy, RespCommand } from "../../testing/mod.ts";
import {
  called,
  connectThrough,
  naming,
  proxyRedis,
} from "./_proxied_redis.ts";
import { type Outcome, outcomeOf, RECORD, TTL } from "./_redis_faults.ts";
import { redisUrl, uniqueName } from "./_services.ts";

interface Trial {
  /** Reaches the server through the proxy. */
  readonly redis: RedisClient;
  /** Sees what the server holds. */
  readonly witness: RedisClient;
  readonly key: string;
}

interface Experiment<T> {
  /** Whose reply is cut. */
  readonly match: (key: string) => (command: RespCommand) => boolean;
  /** Comes before the cut is armed. */
  readonly prepare?: (trial: Trial) => Promise<unknown>;
  readonly call: (trial: Trial) => Promise<T>;
  /** Whether another reply follows, which is lost as well. */
  readonly isFollowed?: boolean;
  /** Whether the outcome is true of what the server holds. */
  readonly isTrue: (outcome: Outcome<T>, trial: Trial) => Promise<boolean>;
}

/** Cuts the reply after 0, 1, 2 … bytes, until all of it has passed. */
async function cutAtEveryByte<T>(experiment: Experiment<T>): Promise<void> {
  await using proxy = await proxyRedis();
  await using witness = await RedisClient.connect({
    clientId: "witness",
    url: redisUrl(),
  });
  const wrong: string[] = [];
  for (let afterBytes = 0;; afterBytes++) {
    // A client of its own: one that loses every connection waits in between.
    await using redis = await connectThrough(proxy);
    const trial = { redis, witness, key: uniqueName("cut") };
    await experiment.prepare?.(trial);
    const { outcome, bytes } = await cutOnce(experiment, trial, {
      proxy,
      afterBytes,
    });
    if (!await experiment.isTrue(outcome, trial)) {
      wrong.push(`${outcome.kind} after ${bytes} bytes`);
    }
    assertEquals(await redis.ping(), true);
    await witness.delete(trial.key, `{${trial.key}}:fence`);
    if (bytes === afterBytes) continue;
    assert(afterBytes > 1, "the reply was cut");
    const { isFollowed = false } = experiment;
    assertEquals(outcome.kind, isFollowed ? "unknown" : "replied");
    break;
  }
  assertEquals(wrong, []);
}

async function cutOnce<T>(
  { match, call }: Experiment<T>,
  trial: Trial,
  { proxy, afterBytes }: {
    readonly proxy: FaultProxy<"resp">;
    readonly afterBytes: number;
  },
): Promise<{ outcome: Outcome<T>; bytes: number | null }> {
  const cut = proxy.cutReply({ match: match(trial.key), afterBytes });
  const outcome = await outcomeOf(call(trial));
  const { bytes } = await cut;
  return { outcome, bytes };
}

Deno.test("setIfNotExists() is true of the server, wherever its reply is cut", () =>
  cutAtEveryByte({
    match: naming,
    call: ({ redis, key }) => redis.setIfNotExists(key, "mine", TTL),
    isTrue: async (outcome, { witness, key }) =>
      await witness.get(key) === "mine" && await witness.ttl(key) > 0 &&
      (outcome.kind === "unknown" ||
        outcome.kind === "replied" && outcome.reply),
  }));

Deno.test("setIfNotExists() never says that it has set another's key, wherever its reply is cut", () =>
  cutAtEveryByte({
    match: naming,
    prepare: ({ witness, key }) => witness.set(key, "theirs", TTL),
    call: ({ redis, key }) => redis.setIfNotExists(key, "mine", TTL),
    isTrue: async (outcome, { witness, key }) =>
      await witness.get(key) === "theirs" &&
      outcome.kind === "replied" && !outcome.reply,
  }));

Deno.test("setIfNotExists() calls of one turn are true of the server each, wherever their reply is cut", () => {
  const free = [0, 2, 4];
  const keysOf = (key: string) => [0, 1, 2, 3, 4].map((nth) => `${key}:${nth}`);
  return cutAtEveryByte({
    match: naming,
    prepare: async ({ witness, key }) => {
      await witness.set(`${key}:1`, "theirs", TTL);
      await witness.set(`${key}:3`, "theirs", TTL);
    },
    call: ({ redis, key }) =>
      Promise.all(
        keysOf(key).map((each) =>
          outcomeOf(redis.setIfNotExists(each, "mine", TTL))
        ),
      ),
    isTrue: async (outcome, { witness, key }) => {
      if (outcome.kind !== "replied") return false;
      const held = await Promise.all(keysOf(key).map((k) => witness.get(k)));
      return outcome.reply.every((each, nth) =>
        free.includes(nth)
          ? held[nth] === "mine" &&
            (each.kind === "unknown" || each.kind === "replied" && each.reply)
          : held[nth] === "theirs" && each.kind === "replied" && !each.reply
      );
    },
  });
});

Deno.test("incr() counts once and says so, wherever its reply is cut", () =>
  cutAtEveryByte({
    match: () => called("INCR"),
    call: ({ redis, key }) => redis.incr(key),
    isTrue: isOnce,
  }));

Deno.test("a script runs once and says so, wherever its reply is cut", () => {
  const body = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
  return cutAtEveryByte({
    match: () => called("EVALSHA"),
    call: async ({ redis, key }) =>
      await redis.executeScript(await redis.registerScript(body), [key], ["1"]),
    isTrue: isOnce,
  });
});

// The replies of a transaction come one after another: to MULTI, to each command
// that is queued, and to EXEC. On a connection's first one MULTI is waited for.
Deno.test("a first transaction is not applied, and says so, wherever the reply to MULTI is cut", () =>
  cutAtEveryByte({
    match: () => called("MULTI"),
    call: ({ redis, key }) => redis.multi().incr(key).exec(),
    // All of the reply has passed, and the connection ends then.
    isFollowed: true,
    isTrue: async (outcome, trial) =>
      outcome.kind === "unreachable"
        ? await trial.witness.get(trial.key) === null
        : await isAtMostOnce(outcome, trial),
  }));

for (const name of ["MULTI", "INCR", "EXEC"]) {
  Deno.test(`a transaction is applied once and says so, wherever the reply to ${name} is cut`, () =>
    cutAtEveryByte({
      match: () => called(name),
      prepare: ({ redis, key }) => redis.multi().hdel(key, "f").exec(),
      call: async ({ redis, key }) => {
        await using tx = await redis.watch(key);
        const results = await tx.multi().incr(key).expire(key, 60_000).exec();
        return results?.[0];
      },
      isFollowed: name !== "EXEC",
      isTrue: name === "EXEC" ? isOnce : isAtMostOnce,
    }));
}

Deno.test("claim() holds the key, wherever its reply is cut", () =>
  cutAtEveryByte({
    match: naming,
    call: ({ redis, key }) => redis.claim(key, { ttlMs: 60_000 }),
    isTrue: async (outcome, { witness, key }) =>
      outcome.kind === "replied" && outcome.reply?.fence === 1 &&
      await witness.get(key) === outcome.reply.token,
  }));

Deno.test("RedisIdempotencyStore.claim() is the holder's, wherever its reply is cut", () =>
  cutAtEveryByte({
    match: naming,
    call: ({ redis, key }) =>
      new RedisIdempotencyStore(redis).claim(key, 60_000, RECORD),
    isTrue: async (outcome, { witness, key }) =>
      outcome.kind === "replied" && outcome.reply.status === "claimed" &&
      String(await witness.get(key)).includes(outcome.reply.token),
  }));

async function isOnce(
  outcome: Outcome<unknown>,
  { witness, key }: Trial,
): Promise<boolean> {
  const said = outcome.kind === "unknown" ||
    outcome.kind === "replied" && outcome.reply === 1;
  return said && await witness.get(key) === "1";
}

/** The end of the connection may reach the server before it has read it all. */
async function isAtMostOnce(
  outcome: Outcome<unknown>,
  { witness, key }: Trial,
): Promise<boolean> {
  const value = await witness.get(key);
  if (outcome.kind === "unknown") return value === "1" || value === null;
  return outcome.kind === "replied" && outcome.reply === 1 && value === "1";
}
