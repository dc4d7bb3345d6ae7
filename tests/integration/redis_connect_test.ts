// Copyright 2026 the HuleEdu authors. MIT license.

import { inspect } from "node:util";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  RedisClient,
  RedisCommandError,
  RedisConnectionError,
  RedisPubSub,
} from "../../redis/mod.ts";
import { startRedis } from "../../tools/services/mod.ts";

/** A port of loopback where nobody listens. */
function deadPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("start() names server and reason, never the password, when refused", async () => {
  const port = deadPort();
  const url = `redis://user:s3cret@127.0.0.1:${port}/1`;
  for (
    const subject of [
      new RedisClient({ clientId: "t", url }),
      new RedisPubSub({ clientId: "t", url }),
    ]
  ) {
    const error = await assertRejects(
      () => subject.start(),
      RedisConnectionError,
      `Cannot connect to Redis at 127.0.0.1:${port}: `,
    );
    assertStringIncludes(error.message, "ECONNREFUSED");
    assert(error.cause instanceof Error);
    assertEquals(inspect([error, subject]).includes("s3cret"), false);
    assertEquals(JSON.stringify([error, subject]).includes("s3cret"), false);
  }
});

Deno.test("start() can be tried again after it failed", async () => {
  const port = deadPort();
  const url = `redis://127.0.0.1:${port}`;
  await using redis = new RedisClient({ clientId: "t", url });
  const failures = await Promise.allSettled([redis.start(), redis.start()]);
  assertEquals(failures.map(({ status }) => status), ["rejected", "rejected"]);
  await using _server = await startRedis({ port });
  await redis.start();
  assertEquals(await redis.ping(), true);
});

Deno.test("start() gives up a server that says nothing within connectTimeoutMs", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const redis = new RedisClient({
    clientId: "t",
    url: `redis://127.0.0.1:${listener.addr.port}`,
    connectTimeoutMs: 100,
  });
  const started = redis.start();
  const silent = await listener.accept();
  await assertRejects(
    () => started,
    RedisConnectionError,
    "no answer within 100 ms",
  );
  // The socket was closed: this ends.
  for await (const _ of silent.readable);
});

Deno.test("start() tells why a login is refused", async () => {
  await using server = await startRedis({ args: ["--requirepass", "right"] });
  const at = `127.0.0.1:${server.port}`;
  for (const [login, code] of [["", "NOAUTH"], [":wr0ng@", "WRONGPASS"]]) {
    const error = await assertRejects(
      () =>
        RedisClient.connect({ clientId: "t", url: `redis://${login}${at}` }),
      RedisConnectionError,
      `Cannot connect to Redis at ${at}: Redis refused `,
    );
    assert(error.cause instanceof RedisCommandError);
    assertEquals(error.cause.code, code);
    assertEquals(inspect(error).includes("wr0ng"), false);
  }
});

Deno.test("a client logs in, selects its database and says its name", async () => {
  await using server = await startRedis({ args: ["--requirepass", "p@ss/:"] });
  const at = `127.0.0.1:${server.port}`;
  const login = `default:${encodeURIComponent("p@ss/:")}`;
  await using first = await RedisClient.connect({
    clientId: "essay service å",
    url: `redis://${login}@${at}/3`,
  });
  await using other = await RedisClient.connect({
    clientId: "t",
    url: `redis://:${encodeURIComponent("p@ss/:")}@${at}`,
  });
  await first.set("k", "in 3");
  assertEquals(await other.get("k"), null);
  const sha = await other.registerScript("return redis.call('CLIENT', 'LIST')");
  // CLIENT may not be called by a script: the refusal shows that it ran.
  await assertRejects(
    () => other.executeScript(sha, [], []),
    RedisCommandError,
  );
  await using tx = await first.watch("k");
  assertEquals(await tx.get("k"), "in 3");
  await first.rpush("l", "v");
  assertEquals(await first.blpop(["l"], 1_000), ["l", "v"]);
});

Deno.test("a password that nobody asked for is no hindrance", async () => {
  await using server = await startRedis();
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: `redis://:needless@127.0.0.1:${server.port}`,
  });
  await using sub = await redis.subscribe("c");
  assertEquals(await redis.publish("c", "m"), 1);
  for await (const { message } of sub) {
    assertEquals(message, "m");
    break;
  }
});

Deno.test("a login that is refused later fails commands at once", async () => {
  await using server = await startRedis();
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: `redis://127.0.0.1:${server.port}`,
    commandTimeoutMs: 60_000,
  });
  await server.kill();
  const refused = assertRejects(() => redis.get("k"), RedisConnectionError);
  await using _locked = await startRedis({
    port: server.port,
    args: ["--requirepass", "x"],
  });
  const error = await refused;
  assertStringIncludes(String(error.cause), "NOAUTH");
});

Deno.test("commands and channels that the access list forbids are refused", async () => {
  await using server = await startRedis({
    config: "user worker on >pw ~open:* &open:* +@all -@admin -client\n",
  });
  await using redis = await RedisClient.connect({
    clientId: "t",
    url: `redis://worker:pw@127.0.0.1:${server.port}`,
  });
  const refused = async (call: () => Promise<unknown>) => {
    const error = await assertRejects(call, RedisCommandError);
    assertEquals(error.code, "NOPERM");
  };
  await redis.set("open:k", "v");
  await refused(() => redis.get("closed:k"));
  await refused(() => redis.watch("closed:k"));
  await refused(() => redis.subscribe(["open:c", "closed:c"]));
  await refused(() => redis.multi().set("closed:k", "v").exec());
  await using sub = await redis.subscribe("open:c");
  assertEquals(await redis.publish("open:c", "m"), 1);
  assertEquals(sub.channels, ["open:c"]);
  // CLIENT is forbidden too, which is only missed when a wait is given up.
  await redis.rpush("open:l", "v");
  assertEquals(await redis.blpop(["open:l"], 1_000), ["open:l", "v"]);
  const abort = new AbortController();
  const { signal } = abort;
  const popped = redis.blpop(["open:l"], 0, { signal });
  await redis.ping();
  abort.abort();
  await assertRejects(() => popped);
});
