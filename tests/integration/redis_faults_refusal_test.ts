// Copyright 2026 the HuleEdu authors. MIT license.

// The server is there, and says no: it forgot the scripts, is full, still loads
// its data, or takes another password.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createEnvelope } from "../../events/mod.ts";
import type { HandlerContext } from "../../protocols.ts";
import {
  RedisClient,
  RedisCommandError,
  RedisConnectionError,
  RedisIdempotencyStore,
} from "../../redis/mod.ts";
import { IdempotencyStoreError, idempotent } from "../../reliability/mod.ts";
import { RecordingLogger } from "../../testing/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import {
  neverHanging,
  outcomeOf,
  RECORD,
  TTL,
  until,
} from "./_redis_faults.ts";
import { startOwnRedis } from "./_redis_server.ts";

const EVENT = createEnvelope({
  eventType: "huleedu.essay.created.v1",
  sourceService: "files",
  data: { essay_id: "e" },
});
const DELIVERY: HandlerContext = {
  signal: new AbortController().signal,
  ...{ attempt: 1, topic: EVENT.event_type, partition: 0, offset: "0" },
  ...{ key: null, headers: {}, logger: new RecordingLogger() },
};
const KEYS = 5_000;
/**
 * Loads for a second or more, and answers meanwhile. Has on the disk what it has
 * acknowledged: with less, a busy disk has it put off even to write.
 */
const SLOW = [
  ...["--appendonly", "yes", "--appendfsync", "always"],
  ...["--key-load-delay", "200"],
  ...["--loading-process-events-interval-bytes", "1024"],
  ...["--enable-debug-command", "yes"],
];

Deno.test("no call notices that the server forgets its scripts again and again", async () => {
  await using own = await startOwnRedis();
  const { redis, server } = own;
  using admin = await RedisAdmin.connect(server.port);
  const sha = await redis.registerScript("return redis.call('INCR', KEYS[1])");
  const store = new RedisIdempotencyStore(redis);
  let done = 0;
  let over = false;
  const work = Array.from({ length: 50 }, async (_, id) => {
    let calls = 0;
    for (; !over; calls++) {
      const name = `${id}:${calls}`;
      assertEquals(await redis.executeScript(sha, [`n:${id}`], []), calls + 1);
      assert(await redis.setIfNotExists(`once:${name}`, "mine", TTL));
      await using claim = await redis.claim(`claim:${name}`, TTL);
      assertEquals(await claim?.extend(60_000), true);
      const held = await store.claim(`event:${name}`, 60_000, RECORD);
      assert(held.status === "claimed");
      assert(await store.complete(`event:${name}`, held.token, 60_000));
      done++;
    }
    assertEquals(await redis.get(`n:${id}`), String(calls));
  });
  for (let flush = 0; flush < 50; flush++) {
    const before = done;
    await admin.ask("SCRIPT", "FLUSH");
    await until("work goes on", () => done > before);
  }
  over = true;
  await neverHanging(Promise.all(work), "A script");
});

Deno.test("a full server refuses writes, typed, and goes on with reads", async () => {
  await using own = await startOwnRedis();
  const { redis, server } = own;
  using admin = await RedisAdmin.connect(server.port);
  const sha = await redis.registerScript(
    "return redis.call('SET', KEYS[1], ARGV[1])",
  );
  await redis.set("kept", "v");
  // Less than an empty server takes: nothing that is freed makes room.
  await admin.ask("CONFIG", "SET", "maxmemory", "100kb");
  const store = new RedisIdempotencyStore(redis);
  let handled = 0;
  const handler = idempotent(() => Promise.resolve(void handled++), {
    store,
    serviceName: "essays",
  });
  const writes: Readonly<Record<string, () => Promise<unknown>>> = {
    set: () => redis.set("k", "v"),
    setIfNotExists: () => redis.setIfNotExists("k", "v", TTL),
    incr: () => redis.incr("n"),
    script: () => redis.executeScript(sha, ["k"], ["v"]),
    claim: () => redis.claim("c", TTL),
    transaction: () => redis.multi().set("k", "v").incr("n").exec(),
    "store.claim": () => store.claim("event", 60_000, RECORD),
  };
  for (const [name, write] of Object.entries(writes)) {
    const outcome = await outcomeOf(write(), name);
    assert(outcome.kind === "refused", `${name}: ${outcome.kind}`);
    assertEquals([name, outcome.error.code], [name, "OOM"]);
  }
  const failure = await assertRejects(
    () => handler(EVENT, DELIVERY),
    IdempotencyStoreError,
  );
  assert(failure.cause instanceof RedisCommandError);
  assertEquals([failure.cause.code, handled], ["OOM", 0]);
  assertEquals(await redis.get("kept"), "v");
  assertEquals(await redis.exists("k"), false);
  assertEquals(await redis.exists("n"), false);
  assertEquals(await redis.delete("kept"), 1);
  await admin.ask("CONFIG", "SET", "maxmemory", "0");
  assertEquals(await redis.setIfNotExists("k", "v", TTL), true);
  assertEquals(await handler(EVENT, DELIVERY), "processed");
});

Deno.test("commands wait until a server that was started again has loaded its data", async () => {
  await using own = await startOwnRedis({ commandTimeoutMs: 20_000 }, SLOW);
  const { redis, server } = own;
  await fill(redis);
  await own.kill();
  const restarted = server.restart();
  await loading(server.port);
  const results = Promise.all([
    redis.get("k:0"),
    redis.incr("n"),
    redis.setIfNotExists("k:1", "mine"),
    redis.multi().set("t", "v").exec(),
    redis.blpop(["list"], 20_000),
  ]);
  // It gives up sooner than the server is there.
  await assertRejects(
    () =>
      RedisClient.connect({
        clientId: "impatient",
        url: `redis://127.0.0.1:${server.port}`,
        connectTimeoutMs: 50,
      }),
    RedisConnectionError,
    "no answer within 50 ms",
  );
  await restarted;
  assertEquals(await results, ["v", 1, false, [true], ["list", "v"]]);
});

Deno.test("a server that loads its data anew refuses commands, typed, and nothing is lost", async () => {
  await using own = await startOwnRedis({}, SLOW);
  const { redis, server } = own;
  await fill(redis);
  using admin = await RedisAdmin.connect(server.port);
  const reloaded = admin.ask("DEBUG", "RELOAD");
  await loading(server.port);
  const [read, write, claim] = await Promise.all([
    outcomeOf(redis.get("k:0")),
    outcomeOf(redis.incr("n")),
    outcomeOf(redis.claim("c", TTL)),
  ]);
  for (const outcome of [read, write, claim]) {
    assert(outcome.kind === "refused");
    assertEquals(outcome.error.code, "LOADING");
  }
  assertEquals(await redis.ping(), false);
  await reloaded;
  assertEquals(await redis.get("k:0"), "v");
  assertEquals(await redis.incr("n"), 1);
});

Deno.test("commands fail at once while the password is another, and go on when it is right", async () => {
  await using own = await startOwnRedis({ commandTimeoutMs: 60_000 });
  const { redis, server } = own;
  using admin = await RedisAdmin.connect(server.port);
  await using sub = await redis.subscribe("c");
  await admin.ask("CONFIG", "SET", "requirepass", "another");
  await admin.ask("AUTH", "another");
  for (const id of await admin.connectionsOf("t")) {
    await admin.ask("CLIENT", "KILL", "ID", id);
  }
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    get: () => redis.get("k"),
    setIfNotExists: () => redis.setIfNotExists("k", "v", TTL),
    watch: () => redis.watch("k"),
    blpop: () => redis.blpop(["l"], 60_000),
    claim: () => redis.claim("c", TTL),
  };
  for (const [name, call] of Object.entries(calls)) {
    const outcome = await outcomeOf(call(), name);
    assert(outcome.kind === "unreachable", `${name}: ${outcome.kind}`);
    const { cause } = outcome.error;
    const refusal = cause instanceof RedisConnectionError ? cause.cause : cause;
    assert(refusal instanceof RedisCommandError);
    assertEquals([name, refusal.code], [name, "NOAUTH"]);
  }
  await admin.ask("CONFIG", "SET", "requirepass", "");
  await until("commands get through", () => redis.ping());
  assertEquals(await redis.setIfNotExists("k", "v", TTL), true);
  await until(
    "the subscription is back",
    async () => await redis.publish("c", "m") > 0,
  );
  for await (const { gap } of sub) {
    assertEquals(gap, { reason: "reconnected" });
    break;
  }
});

async function fill(redis: RedisClient): Promise<void> {
  const keys = Array.from({ length: KEYS }, (_, i) => `k:${i}`);
  await Promise.all(keys.map((key) => redis.set(key, "v")));
  await redis.rpush("list", "v");
}

/** Waits until the server says that it loads. */
async function loading(port: number): Promise<void> {
  await until("the server loads", async () => {
    try {
      using admin = await RedisAdmin.connect(port);
      await admin.ask("PING");
      return false;
    } catch (error) {
      return error instanceof Error && error.message.startsWith("LOADING");
    }
  });
}
