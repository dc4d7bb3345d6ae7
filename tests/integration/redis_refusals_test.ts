// Copyright 2026 the HuleEdu authors. MIT license.

// Commands that cannot leave, transactions that cannot begin, connections that
// the server turns away: each caller hears of its own, and nobody of another's.

import { assertEquals, assertRejects } from "@std/assert";
import { RedisClient, RedisConnectionError } from "../../redis/mod.ts";
import { startRedis } from "../../tools/services/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import { redisUrl, uniqueName } from "./_services.ts";

/** More than one text can hold, and no more memory than one of them. */
const TOO_LONG = Array.from({ length: 600 }, () => "x".repeat(1_000_000));

function connect(commandTimeoutMs = 5_000): Promise<RedisClient> {
  const options = { clientId: "t", url: redisUrl(), commandTimeoutMs };
  return RedisClient.connect(options);
}

Deno.test("a command that is too long fails alone", async () => {
  await using redis = await connect();
  const key = uniqueName("long");
  await Promise.all([redis.set(`${key}:1`, "1"), redis.set(`${key}:2`, "2")]);
  const [one, , two] = await Promise.all([
    redis.get(`${key}:1`),
    assertRejects(
      () => redis.sadd(key, ...TOO_LONG),
      RangeError,
      "SADD was not sent: its arguments are too long together",
    ),
    redis.get(`${key}:2`),
  ]);
  assertEquals([one, two], ["1", "2"]);
  assertEquals(await redis.delete(`${key}:1`, `${key}:2`, key), 2);
});

Deno.test("a transaction with a command that is too long is not applied at all", async () => {
  await using redis = await connect();
  const key = uniqueName("long");
  for (let round = 0; round < 3; round++) {
    const tx = redis.multi().set(`${key}:1`, "1").sadd(key, ...TOO_LONG);
    await assertRejects(
      () => tx.set(`${key}:2`, "2").exec(),
      RangeError,
      "SADD",
    );
    assertEquals(await redis.delete(`${key}:1`, `${key}:2`), 0);
    assertEquals(await redis.multi().incr(`${key}:n`).exec(), [round + 1]);
  }
  await redis.delete(`${key}:n`);
});

Deno.test("a transaction whose MULTI is refused is not applied at all", async () => {
  const { host, port } = new URL(redisUrl());
  const name = uniqueName("nomulti");
  using admin = await RedisAdmin.connect(Number(port || "6379"));
  const rule = ["on", ">pw", "~*", "&*", "+@all", "-multi"];
  await admin.ask("ACL", "SETUSER", name, ...rule);
  try {
    await using redis = await RedisClient.connect({
      clientId: "t",
      url: `redis://${name}:pw@${host}`,
    });
    await assertRejects(
      () => redis.multi().incr(name).incr(name).exec(),
      Error,
      "Redis refused MULTI: NOPERM",
    );
    assertEquals(await redis.get(name), null);
  } finally {
    await admin.ask("ACL", "DELUSER", name);
  }
});

Deno.test("reads of a transaction that watches nothing hold no connection", async () => {
  await using redis = await connect(2_000);
  const key = uniqueName("reads");
  for (let round = 0; round < 10; round++) {
    const tx = await redis.watch(key);
    await tx.unwatch();
    const keys = [1, 2, 3].map((n) => `${key}:${n}`);
    const reads = Promise.all(keys.map((each) => tx.get(each)));
    if (round % 2 === 0) await tx[Symbol.asyncDispose]();
    assertEquals(await reads, [null, null, null]);
    await tx[Symbol.asyncDispose]();
  }
});

Deno.test("a program that was busy for longer than the deadline gets its replies", async () => {
  await using redis = await connect(100);
  const key = uniqueName("busy");
  assertEquals(await redis.multi().incr(key).exec(), [1]);
  const calls = Promise.all([redis.incr(key), redis.multi().incr(key).exec()]);
  // Sent, and answered while nobody looks.
  await new Promise((resolve) => setTimeout(resolve));
  const flag = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(flag, 0, 0, 300);
  const [first, second] = await calls;
  assertEquals([first, ...second ?? []].sort(), [2, 3]);
  await redis.delete(key);
});

Deno.test("a server that has no room is asked again when it has", async () => {
  await using server = await startRedis({ args: ["--maxclients", "2"] });
  const url = `redis://127.0.0.1:${server.port}`;
  await using redis = await RedisClient.connect({ clientId: "t", url });
  const other = await RedisAdmin.connect(server.port);
  // Why is told where its answer outran the end of the connection.
  await assertRejects(
    () => RedisClient.connect({ clientId: "late", url }),
    RedisConnectionError,
    "Cannot connect to Redis",
  );
  const waiting = redis.watch("k");
  other[Symbol.dispose]();
  await using _tx = await waiting;
});
