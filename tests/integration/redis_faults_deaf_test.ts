// Copyright 2026 the HuleEdu authors. MIT license.

// Bytes vanish, and every connection stays open.

import { assert, assertEquals } from "@std/assert";
import type { RedisClient } from "../../redis/mod.ts";
import { connectThrough, proxyRedis } from "./_proxied_redis.ts";
import {
  neverHanging,
  type Outcome,
  outcomeOf,
  until,
} from "./_redis_faults.ts";
import { redisUrl, uniqueName } from "./_services.ts";

const CALLS_EACH = 100;
const LIMITS = { commandTimeoutMs: 200, connectTimeoutMs: 200 };

for (const direction of ["to_server", "to_client", "both"] as const) {
  Deno.test(`every command settles, and the connection is replaced, when bytes vanish ${direction}`, async () => {
    await using proxy = await proxyRedis();
    await using redis = await connectThrough(proxy, LIMITS);
    await using witness = await connectThrough({
      port: Number(new URL(redisUrl()).port || "6379"),
    });
    const key = uniqueName("deaf");
    await witness.set(`${key}:value`, "v", { ttlMs: 60_000 });
    const script = await redis.registerScript(
      "return redis.call('INCR', KEYS[1])",
    );
    await using sub = await redis.subscribe(key);
    const { accepted } = proxy;

    const lost = proxy.blackhole({ direction });
    const kinds = await settleAll(redis, key, script);
    await lost;
    // A read has no outcome to be in doubt of; a write has one.
    assertEquals(kinds.get, ["unreachable"]);
    assertEquals(kinds.incr, ["unknown"]);
    assertEquals(kinds.script, ["unknown"]);
    assertEquals(kinds.setIfNotExists, ["unknown"]);
    for (const name of ["watch", "blpop", "subscribe"] as const) {
      for (const kind of kinds[name]) {
        assert(["unknown", "unreachable"].includes(kind), `${name}: ${kind}`);
      }
    }
    const counted = Number(await witness.get(`${key}:n`));
    assertEquals(
      counted,
      direction === "to_server" || direction === "both" ? 0 : CALLS_EACH,
    );

    proxy.restore();
    await until("commands get through", () => redis.ping());
    assert(proxy.accepted > accepted);
    assertEquals(await redis.get(`${key}:value`), "v");
    assertEquals(await redis.incr(`${key}:n`), counted + 1);
    await until(
      "the subscription is back",
      async () => await witness.publish(key, "m") > 0,
    );
    for await (const { gap } of sub) {
      assertEquals(gap, { reason: "reconnected" });
      break;
    }
    await witness.delete(`${key}:n`, `${key}:s`, `${key}:value`);
  });
}

type Name =
  | "get"
  | "incr"
  | "script"
  | "setIfNotExists"
  | "watch"
  | "blpop"
  | "subscribe";

/** What became of all commands, by their names. */
async function settleAll(
  redis: RedisClient,
  key: string,
  script: string,
): Promise<Readonly<Record<Name, string[]>>> {
  const calls: Readonly<Record<Name, (i: number) => Promise<unknown>>> = {
    get: (i) => redis.get(`${key}:${i}`),
    incr: () => redis.incr(`${key}:n`),
    script: () => redis.executeScript(script, [`${key}:s`], []),
    setIfNotExists: (i) =>
      redis.setIfNotExists(`${key}:once:${i}`, "mine", { ttlMs: 60_000 }),
    watch: () => redis.watch(key),
    blpop: () => redis.blpop([`${key}:list`], 50),
    subscribe: (i) => redis.subscribe(`${key}:${i}`),
  };
  const settled = await neverHanging(
    Promise.all(
      Object.entries(calls).map(async ([name, call]) => {
        const outcomes = await Promise.all(
          Array.from(
            { length: CALLS_EACH },
            (_, i): Promise<Outcome<unknown>> => outcomeOf(call(i), name),
          ),
        );
        return [name, [...new Set(outcomes.map(({ kind }) => kind))]] as const;
      }),
    ),
    "A command",
  );
  return Object.fromEntries(settled) as Record<Name, string[]>;
}
