// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  NotStartedError,
  RedisClient,
  type RedisClientOptions,
  RedisPubSub,
} from "../../redis/mod.ts";
import { parseRedisUrl } from "../../redis/_redis_url.ts";

const CREATE = [
  (options: RedisClientOptions) => new RedisClient(options),
  (options: RedisClientOptions) => new RedisPubSub(options),
];

function refused(options: object, type: typeof Error, text: string): void {
  for (const create of CREATE) {
    const error = assertThrows(
      () => create({ clientId: "t", url: "redis://h", ...options }),
      type,
      text,
    );
    assert(/^Cannot create (RedisClient|RedisPubSub): /.test(error.message));
    assertEquals(error.message.includes("s3cret"), false);
  }
}

Deno.test("new RedisClient() names the option that is wrong, and no secret", () => {
  refused({ clientId: 7 }, TypeError, '"clientId" must be a string');
  refused({ clientId: "" }, RangeError, '"clientId" must not be empty');
  refused(
    { url: undefined },
    TypeError,
    'exactly one of "url", "sentinel" and "cluster" is needed, received none',
  );
  refused({ url: "no url s3cret" }, TypeError, "received text that is no URL");
  refused({ url: "http://:s3cret@h" }, TypeError, "received http://");
  refused({ url: "redis://" }, TypeError, '"url"');
  refused({ url: "redis://:s3cret@h/x" }, TypeError, "database number");
  refused({ url: "redis://:%E0s3cret@h" }, TypeError, "not URL-encoded");
  for (const name of ["commandTimeoutMs", "connectTimeoutMs"]) {
    refused({ [name]: 0 }, RangeError, `"${name}" must be a positive integer`);
    refused({ [name]: NaN }, RangeError, "received NaN");
    refused({ [name]: "5" }, TypeError, "received string");
    refused({ [name]: 2 ** 31 }, RangeError, "at most 2147483647 ms");
  }
});

Deno.test("new RedisClient() names what is wrong in the three ways to a server", () => {
  const at = [{ host: "h", port: 1 }];
  const only = (options: object) => ({ url: undefined, ...options });
  refused(
    { sentinel: { sentinels: at, name: "n" }, cluster: { nodes: at } },
    TypeError,
    'received "url" and "sentinel" and "cluster"',
  );
  const sentinel = (wrong: object) =>
    only({ sentinel: { sentinels: at, name: "n", ...wrong } });
  const cluster = (wrong: object) => only({ cluster: { nodes: at, ...wrong } });
  for (
    const [options, text] of [
      [only({ sentinel: [] }), '"sentinel" must be an object, received array'],
      [sentinel({ name: "" }), '"sentinel.name" must not be empty'],
      [sentinel({ sentinels: [] }), '"sentinel.sentinels" must be a list'],
      [
        sentinel({ sentinels: [{ host: "h" }] }),
        '"sentinel.sentinels[0].port"',
      ],
      [sentinel({ database: -1 }), '"sentinel.database" must not be negative'],
      [sentinel({ username: "u" }), '"sentinel.username" needs a password'],
      [sentinel({ password: 1 }), '"sentinel.password" must be a string'],
      [cluster({ nodes: "h:1" }), '"cluster.nodes" must be a list'],
      [cluster({ tls: { cert: "s3cret" } }), 'both "cert" and "key"'],
      [cluster({ natMap: { a: 1 } }), '"cluster.natMap["a"]" must be'],
      [{ tls: {} }, '"tls" needs a rediss:// URL'],
      [cluster({ tls: "s3cret" }), '"cluster.tls" must be an object'],
      [{ ...cluster({}), tls: {} }, 'use "cluster.tls"'],
    ] as const
  ) {
    refused(options, Error, text);
  }
});

Deno.test("a URL gives host, port, login and database", () => {
  assertEquals(parseRedisUrl("redis://localhost"), {
    host: "localhost",
    port: 6379,
    tls: false,
    db: 0,
  });
  assertEquals(parseRedisUrl("rediss://me:p%40ss%2F@[::1]:7000/12"), {
    host: "::1",
    port: 7000,
    tls: true,
    db: 12,
    username: "me",
    password: "p@ss/",
  });
  assertEquals(parseRedisUrl("redis://:pw@redis:6379/").password, "pw");
});

Deno.test("a client that was not started refuses every call", async () => {
  // Nobody listens there, and nobody is asked.
  const redis = new RedisClient({ clientId: "essays", url: "redis://0.0.0.1" });
  const calls: Array<() => Promise<unknown>> = [
    () => redis.get("k"),
    () => redis.setIfNotExists("k", "v"),
    () => redis.ping(),
    () => redis.blpop(["k"]),
    () => redis.claim("k", { ttlMs: 1 }),
    () => redis.watch("k"),
    () => redis.multi().incr("k").exec(),
    () => redis.publish("c", "m"),
    () => redis.subscribe("c"),
    () => redis.pubsub.subscribe("c"),
    () => redis.publishUserNotification("u", "e", {}),
    () => redis.scanPattern("*")[Symbol.asyncIterator]().next(),
  ];
  for (const call of calls) {
    await assertRejects(
      call,
      NotStartedError,
      'RedisClient "essays" is not started: call start() first',
    );
  }
  assertEquals(redis.getUserChannel("u1"), "ws:u1");
  await redis.stop();
});

Deno.test("new RedisPubSub() takes no client that is none", () => {
  const client = {} as unknown as RedisClient;
  assertThrows(() => new RedisPubSub({ client }), TypeError, '"client"');
});

Deno.test("RedisClient.stop() refuses a timeout that is none", async () => {
  const redis = new RedisClient({ clientId: "t", url: "redis://0.0.0.1" });
  await assertRejects(() => redis.stop({ timeoutMs: -1 }), RangeError);
  await assertRejects(() => redis.stop({ timeoutMs: NaN }), RangeError);
});
