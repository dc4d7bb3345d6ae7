// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { OutcomeUnknownError, RedisConnectionError } from "../../redis/mod.ts";
import { startOwnRedis, untilBlocked } from "./_redis_server.ts";

Deno.test("1,000 commands in flight settle, each typed, when the server is killed", async () => {
  await using own = await startOwnRedis({
    commandTimeoutMs: 500,
  });
  const { server, redis } = own;
  await server.kill("SIGSTOP");
  const reads = Array.from({ length: 500 }, (_, i) => redis.get(`k${i}`));
  const writes = Array.from({ length: 500 }, (_, i) => redis.incr(`k${i}`));
  const all = Promise.allSettled([...reads, ...writes]);
  await redis.ping();
  await server.kill();
  const reasons = (await all).map((result) =>
    result.status === "rejected" ? result.reason.constructor.name : "fulfilled"
  );
  assertEquals(
    new Set(reasons.slice(0, 500)),
    new Set(["RedisConnectionError"]),
  );
  assertEquals(new Set(reasons.slice(500)), new Set(["OutcomeUnknownError"]));
});

Deno.test("commands issued during an outage are sent when it is over", async () => {
  await using own = await startOwnRedis();
  const { server, redis } = own;
  await redis.set("k", "1");
  await own.kill();
  const calls = Promise.all([
    redis.incr("n"),
    redis.incr("n"),
    redis.get("k"),
    redis.watch("w").then((tx) => tx.multi().set("w", "2").exec()),
  ]);
  await server.restart();
  assertEquals(await calls, [1, 2, null, [true]]);
});

Deno.test("a command that found no server in time was not sent", async () => {
  await using own = await startOwnRedis({
    commandTimeoutMs: 300,
  });
  const { server, redis } = own;
  await own.kill();
  const error = await assertRejects(
    () => redis.incr("n"),
    RedisConnectionError,
    `INCR was not sent: no connection to Redis at 127.0.0.1:${server.port}`,
  );
  assertEquals([error.host, error.port], ["127.0.0.1", server.port]);
  assert(error.cause instanceof RedisConnectionError);
  assertEquals(await redis.ping(), false);
  await assertRejects(() => redis.publish("c", "m"), RedisConnectionError);
  await assertRejects(() => redis.subscribe("c"), RedisConnectionError);
  await assertRejects(() => redis.watch("k"), RedisConnectionError);
  await assertRejects(() => redis.blpop(["l"], 50), RedisConnectionError);
});

Deno.test("RedisClient.stop() comes to its end when the server is gone", async () => {
  await using own = await startOwnRedis();
  const { server, redis } = own;
  const sub = await redis.subscribe("c");
  await using tx = await redis.watch("k");
  const popped = assertRejects(() => redis.blpop(["l"]), OutcomeUnknownError);
  await untilBlocked(redis);
  await server.kill();
  await popped;
  const get = assertRejects(() => redis.get("k"), RedisConnectionError);
  await redis.stop();
  await get;
  for await (const _ of sub) assert(false, "nothing was published");
  await assertRejects(() => tx.get("k"));
});

Deno.test("RedisClient.stop() comes to its end when the server does not answer", async () => {
  await using own = await startOwnRedis({
    commandTimeoutMs: 300,
  });
  const { server, redis } = own;
  const popped = assertRejects(() => redis.blpop(["l"]), OutcomeUnknownError);
  await untilBlocked(redis);
  await server.kill("SIGSTOP");
  const get = assertRejects(() => redis.get("k"), RedisConnectionError);
  const incr = assertRejects(() => redis.incr("k"), OutcomeUnknownError);
  await redis.stop();
  await Promise.all([popped, get, incr]);
});

Deno.test("RedisClient.stop() gives up what is in flight after timeoutMs", async () => {
  await using own = await startOwnRedis();
  const { server, redis } = own;
  await server.kill("SIGSTOP");
  const incr = assertRejects(
    () => redis.incr("k"),
    OutcomeUnknownError,
    "the client was stopped",
  );
  await redis.stop({ timeoutMs: 50 });
  await incr;
});

Deno.test("RedisClient finds a connection that has gone deaf, and opens another", async () => {
  await using own = await startOwnRedis({
    commandTimeoutMs: 500,
    connectTimeoutMs: 500,
  });
  const { server, redis } = own;
  await redis.set("k", "v");
  await server.kill("SIGSTOP");
  await assertRejects(() => redis.get("k"), RedisConnectionError);
  await server.kill("SIGCONT");
  assertEquals(await redis.get("k"), "v");
});

Deno.test("a script is loaded again when the server has forgotten it", async () => {
  await using own = await startOwnRedis();
  const { server, redis } = own;
  const sha = await redis.registerScript(
    "return redis.call('INCRBY', KEYS[1], ARGV[1])",
  );
  assertEquals(await redis.executeScript(sha, ["n"], ["5"]), 5);
  await server.restart();
  assertEquals(await redis.executeScript(sha, ["n"], ["5"]), 5);
  const claim = await redis.claim("lock", { ttlMs: 60_000 });
  await server.restart();
  assertEquals(await claim?.extend(60_000), false);
});

Deno.test("scanPattern() begins again on a server that was started anew", async () => {
  await using own = await startOwnRedis();
  const { server, redis } = own;
  const keys = Array.from({ length: 500 }, (_, i) => `k${i}`);
  const fill = () => Promise.all(keys.map((key) => redis.set(key, "")));
  await fill();
  const found: string[] = [];
  for await (const key of redis.scanPattern("k*", { count: 10 })) {
    found.push(key);
    if (found.length !== 100) continue;
    await server.restart();
    await fill();
  }
  assertEquals(found.sort(), keys.sort());
});
