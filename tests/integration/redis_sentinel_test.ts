// Copyright 2026 the HuleEdu authors. MIT license.

// Who is the master is the test's to say: the sentinels are scripted, the
// servers are real.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  RedisClient,
  type RedisClientOptions,
  RedisConnectionError,
} from "../../redis/mod.ts";
import { type RunningServer, startRedis } from "../../tools/services/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import { neverHanging, until } from "./_redis_faults.ts";
import { ScriptedSentinel } from "./_redis_sentinel.ts";

interface Group extends AsyncDisposable {
  readonly a: RunningServer;
  readonly b: RunningServer;
  readonly sentinels: readonly ScriptedSentinel[];
  connect(options?: Partial<RedisClientOptions>): Promise<RedisClient>;
  /** Tells all sentinels, or some, of another master. */
  name(server: RunningServer, which?: readonly number[]): void;
}

Deno.test("what a demoted master refuses is applied once, on the new one", async () => {
  await using group = await startGroup();
  const { a, b } = group;
  await using redis = await group.connect();
  await using sub = await redis.subscribe("c");
  await redis.set("k", "old");
  await redis.set("mine", "old");
  await using tx = await redis.watch("k");
  const popped = redis.blpop(["list"], 20_000);
  await until("it waits", async () => (await waiting(a)) === 1);
  await promote(b, a);
  group.name(b);
  // Sent on connections to A, which is a replica and stays open.
  const calls = Promise.all([
    redis.incr("n"),
    redis.set("k", "new"),
    redis.setIfNotExists("once", "mine"),
    redis.setIfNotExists("twice", "mine"),
    redis.compareAndSet("k", "new", "newer"),
    redis.claim("claim", { ttlMs: 60_000 }).then((claim) => claim?.fence),
    // What A still holds is not what the calls before have made of it.
    redis.set("mine", "new"),
    redis.compareAndExpire("mine", "new", 60_000),
    redis.compareAndDelete("mine", "new"),
  ]);
  assertEquals(
    await calls,
    [1, undefined, true, true, true, 1, undefined, true, true],
  );
  const error = await assertRejects(
    () => tx.multi().set("k", "lost").exec(),
    RedisConnectionError,
  );
  assert(error.message.startsWith("EXEC was not "), error.message);
  await redis.rpush("list", "v");
  assertEquals(await neverHanging(popped, "blpop"), ["list", "v"]);
  using admin = await RedisAdmin.connect(b.port);
  assertEquals(await admin.ask("GET", "n"), "1");
  assertEquals(await admin.ask("GET", "k"), "newer");
  await until(
    "it is subscribed",
    async () => await redis.publish("c", "m") > 0,
  );
  for await (const { gap } of sub) {
    assertEquals(gap, { reason: "reconnected" });
    break;
  }
});

Deno.test("a client that only reads and listens leaves a replaced master too", async () => {
  await using group = await startGroup();
  const { b } = group;
  await using redis = await group.connect();
  await using sub = await redis.subscribe("c");
  using admin = await RedisAdmin.connect(b.port);
  await admin.ask("SET", "k", "of b");
  assertEquals(await redis.get("k"), null);
  group.name(b);
  await until("it reads B", async () => await redis.get("k") === "of b");
  await until(
    "it listens to B",
    async () => await admin.ask("PUBLISH", "c", "m") === "1",
  );
  for await (const { gap } of sub) {
    assertEquals(gap, { reason: "reconnected" });
    break;
  }
});

Deno.test("the word of one sentinel does not count against the others", async () => {
  await using group = await startGroup();
  const { a, b } = group;
  group.name(b, [0]);
  await using redis = await group.connect();
  await redis.set("k", "v");
  const { sentinels } = group;
  const before = sentinels[0]!.asked;
  await until("it asked again", () => sentinels[0]!.asked > before + 1);
  using admin = await RedisAdmin.connect(a.port);
  assertEquals(await admin.ask("GET", "k"), "v");
  // Two are gone: now it is the only one to ask.
  for (const sentinel of sentinels.slice(1)) {
    await sentinel[Symbol.asyncDispose]();
  }
  await until("it went over", async () => await redis.get("k") === null);
});

Deno.test("start() says so where no sentinel knows the master, or none is there", async () => {
  await using group = await startGroup();
  for (const sentinel of group.sentinels) sentinel.master = 0;
  await assertRejects(
    () => group.connect(),
    RedisConnectionError,
    'No sentinel knows a master "essays"',
  );
  for (const sentinel of group.sentinels) {
    await sentinel[Symbol.asyncDispose]();
  }
  await assertRejects(
    () => group.connect(),
    RedisConnectionError,
    'No sentinel told where the master "essays" is',
  );
});

Deno.test("start() refuses a replica that the sentinels take for the master", async () => {
  await using group = await startGroup();
  const { a, b } = group;
  await promote(b, a);
  await assertRejects(
    () => group.connect(),
    RedisConnectionError,
    `Redis at 127.0.0.1:${a.port} is not the master "essays" yet`,
  );
});

Deno.test("a password that a sentinel refuses is told as such, without it", async () => {
  await using server = await startRedis({ args: ["--requirepass", "right"] });
  const error = await assertRejects(
    () =>
      RedisClient.connect({
        clientId: "t",
        sentinel: {
          sentinels: [{ host: "127.0.0.1", port: server.port }],
          name: "essays",
          sentinelPassword: "battery-staple",
        },
      }),
    RedisConnectionError,
    "WRONGPASS",
  );
  assertEquals(error.message.includes("battery-staple"), false);
});

async function startGroup(): Promise<Group> {
  await using stack = new AsyncDisposableStack();
  const a = stack.use(await startRedis());
  const b = stack.use(await startRedis());
  const sentinels = [1, 2, 3].map(() => new ScriptedSentinel(a.port));
  for (const sentinel of sentinels) stack.use(sentinel);
  const owned = stack.move();
  return {
    a,
    b,
    sentinels,
    name({ port }, which = [0, 1, 2]) {
      for (const i of which) sentinels[i]!.master = port;
    },
    connect: (options) =>
      RedisClient.connect({
        clientId: "t",
        sentinel: {
          sentinels: sentinels.map(({ address }) => address),
          name: "essays",
        },
        ...options,
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Makes a replica of a master; nobody else is told. */
async function promote(
  master: RunningServer,
  replica: RunningServer,
): Promise<void> {
  using admin = await RedisAdmin.connect(replica.port);
  await admin.ask("REPLICAOF", "127.0.0.1", String(master.port));
}

/** How many connections wait for a list. */
async function waiting({ port }: RunningServer): Promise<number> {
  using admin = await RedisAdmin.connect(port);
  const info = await admin.ask("INFO", "clients");
  return Number(/blocked_clients:(\d+)/.exec(info)?.[1]);
}
