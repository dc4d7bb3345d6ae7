// Copyright 2026 the HuleEdu authors. MIT license.

// Passwords, values and messages are planted, and whatever comes out of the
// faults is searched for them.

import { inspect } from "node:util";
import { assert, assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  RedisClient,
  RedisIdempotencyStore,
  RedisPubSub,
} from "../../redis/mod.ts";
import { FaultProxy, RecordingLogger } from "../../testing/mod.ts";
import { startRedis } from "../../tools/services/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import { neverHanging, until } from "./_redis_faults.ts";

const PASSWORD = "planted-password";
const WRONG_PASSWORD = "planted-wrong-password";
/** Stands in every value, member, message and argument. */
const SECRET = "planted-value";
const TTL = { ttlMs: 60_000 };

Deno.test("no password and no value comes out of any fault", async () => {
  await using server = await startRedis({ args: ["--requirepass", PASSWORD] });
  using admin = await RedisAdmin.connect(server.port);
  await admin.ask("AUTH", PASSWORD);
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  using output = captureConsole();
  const logger = new RecordingLogger();
  const options = {
    clientId: "t",
    url: `redis://default:${PASSWORD}@127.0.0.1:${proxy.port}`,
    ...{ logger, commandTimeoutMs: 300, connectTimeoutMs: 300 },
  };
  await using redis = await RedisClient.connect(options);
  await using pubsub = await RedisPubSub.connect(options);
  await redis.sadd("set", SECRET);
  const script = await redis.registerScript(
    `return redis.call('SADD', KEYS[1], ARGV[1]) -- ${SECRET}`,
  );
  const errors: unknown[] = [];
  const callAll = async () => {
    const calls = callsOf({ redis, pubsub, script });
    const settled = await neverHanging(Promise.allSettled(calls), "A call");
    for (const result of settled) {
      if (result.status === "rejected") errors.push(result.reason);
    }
    return settled.length;
  };
  const usable = () => until("commands get through", () => redis.ping());

  // Refused for their kind, one by one.
  await redis.delete("list", "text");
  await redis.sadd("text", SECRET);
  await callAll();
  // Cut before, within and after the reply of each.
  for (let nth = 1; nth <= 20; nth++) {
    const withdrawn = new AbortController();
    const { signal } = withdrawn;
    const cut = nth % 2 === 0
      ? proxy.cutReply({ nth, afterBytes: nth % 3, signal })
      : proxy.cutRequest({ nth, afterBytes: 20, signal });
    await callAll();
    withdrawn.abort();
    await cut.catch(() => {});
    await usable();
  }
  void proxy.blackhole();
  await callAll();
  proxy.restore();
  await usable();
  for (let round = 0; round < 3; round++) {
    const calls = callAll();
    for (const id of await admin.connectionsOf("t")) {
      await admin.ask("CLIENT", "KILL", "ID", id);
    }
    await calls;
  }
  await usable();
  await admin.ask("CONFIG", "SET", "maxmemory", "100kb");
  await callAll();
  await admin.ask("CONFIG", "SET", "maxmemory", "0");
  await admin.ask("CONFIG", "SET", "requirepass", WRONG_PASSWORD);
  await proxy.closeAll();
  await callAll();
  await server.kill();
  await callAll();
  for (const subject of [RedisClient, RedisPubSub]) {
    for (const port of [proxy.port, server.port]) {
      const url = `redis://${SECRET}:${WRONG_PASSWORD}@127.0.0.1:${port}/9`;
      await subject.connect({ ...options, url }).then(
        () => assert(false, "nobody is there"),
        (error: unknown) => errors.push(error),
      );
    }
  }

  const kinds = new Set(errors.map((error) => (error as Error).name));
  assertEquals(
    [...kinds].sort(),
    [
      "OutcomeUnknownError",
      "RedisCommandError",
      "RedisConnectionError",
      "TransactionCommandError",
    ],
  );
  assert(logger.lines.length > 0);
  const all = [errors, logger.lines, output.lines, redis, pubsub];
  const shown = all.flatMap((each) => [
    inspect(each, { depth: 20, showHidden: true, maxArrayLength: null }),
    JSON.stringify(each),
    ...(Array.isArray(each) ? each.map(String) : [String(each)]),
  ]);
  const leaks = shown.filter((text) => text.includes("planted"));
  assertEquals(leaks.map((text) => excerpt(text)), []);
});

function callsOf({ redis, pubsub, script }: {
  readonly redis: RedisClient;
  readonly pubsub: RedisPubSub;
  readonly script: string;
}): Array<Promise<unknown>> {
  const key = crypto.randomUUID();
  const store = new RedisIdempotencyStore(redis);
  const record = {
    processedBy: SECRET,
    eventId: SECRET,
    correlationId: SECRET,
    sourceService: SECRET,
  };
  return [
    redis.setIfNotExists(key, SECRET, TTL),
    redis.setex("text", 60_000, SECRET),
    redis.incr("set"),
    redis.get("set"),
    redis.sadd("set", `${SECRET}-${key}`),
    redis.hset("set", "field", SECRET),
    redis.zadd("set", { [SECRET]: 1 }),
    redis.rpush("set", SECRET),
    redis.compareAndSet("set", SECRET, SECRET),
    redis.compareAndDelete("set", SECRET),
    redis.claim("set", TTL),
    redis.executeScript(script, ["text"], [SECRET]),
    redis.registerScript(`not lua, ${SECRET.length}`),
    redis.multi().set(key, SECRET).rpush("set", SECRET).exec(),
    redis.watch(key).then((tx) => tx.multi().incr("set").exec()),
    redis.blpop(["set"], 20),
    redis.publish(key, SECRET),
    redis.publishUserNotification("u", SECRET, { text: SECRET }),
    pubsub.publish(key, SECRET),
    pubsub.subscribe(key).then((sub) => sub.unsubscribe()),
    store.claim(`${key}:event`, 60_000, record),
  ];
}

/** Keeps what is printed. */
function captureConsole(): Disposable & { readonly lines: string[] } {
  const lines: string[] = [];
  const stack = new DisposableStack();
  for (const level of ["debug", "log", "info", "warn", "error"] as const) {
    const print = (...args: unknown[]) => void lines.push(inspect(args));
    stack.use(stub(console, level, print));
  }
  return { lines, [Symbol.dispose]: () => stack.dispose() };
}

function excerpt(text: string): string {
  const at = text.indexOf("planted");
  return text.slice(Math.max(0, at - 200), at + 60);
}
