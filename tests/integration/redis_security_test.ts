// Copyright 2026 the HuleEdu authors. MIT license.

import { inspect } from "node:util";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  RedisClient,
  RedisCommandError,
  RedisConnectionError,
  RedisPubSub,
  type RedisTlsOptions,
} from "../../redis/mod.ts";
import { RecordingLogger } from "../../testing/mod.ts";
import {
  freePort,
  type SelfSigned,
  startRedis,
  startRedisCluster,
} from "../../tools/services/mod.ts";
import { serverCertificate } from "./_secure_redis.ts";

const PASSWORD = "correct-horse";
const WRONG_PASSWORD = "battery-staple";
const USER = `user essays on >${PASSWORD} ~essay:* &essay:* +@all -@dangerous
`;
const ONLY_USER = `user default off\n${USER}`;
const ANOTHER_USER = `user default on nopass ~* &* +@all\n${USER}`;

interface SecureRedis extends AsyncDisposable, SelfSigned {
  /** The port that takes TLS. */
  readonly port: number;
}

Deno.test("RedisClient and RedisPubSub log in over TLS as a user of an access list", async (t) => {
  await using server = await startSecureRedis();
  const ca = server.certificate;
  const url = urlOf(server, PASSWORD);
  await t.step("with an authority that is named", async () => {
    await useAll(url, { ca });
    await useAll(url, { ca: [ca] });
  });
  await t.step("by a name that the certificate has", async () => {
    const named = url.replace("127.0.0.1", "localhost");
    await useAll(named, { ca });
    await useAll(url, { ca, servername: "localhost" });
  });
  await t.step("and refuse a name that it has not", async () => {
    await refused(url, { ca, servername: "elsewhere" });
  });
  await t.step("and refuse a server whom nobody vouches for", async () => {
    await refused(url, {});
    await refused(url);
    await useAll(url, { rejectUnauthorized: false });
  });
  await t.step("and refuse to speak in clear", async () => {
    await refused(url.replace("rediss:", "redis:"));
  });
  await t.step("and tell a wrong password, without it", async () => {
    const error = await refused(urlOf(server, WRONG_PASSWORD), { ca });
    assert(error.cause instanceof RedisCommandError);
    assertEquals(error.cause.code, "WRONGPASS");
  });
  await t.step("and tell what the list forbids", async () => {
    await using redis = await connect(url, { ca });
    for (
      const call of [
        () => redis.get("other"),
        () => redis.setIfNotExists("other", "v"),
        () => redis.claim("other", { ttlMs: 1_000 }),
        () => redis.publish("other", "m"),
        () => redis.subscribe("other"),
      ]
    ) {
      const error = await assertRejects(call, RedisCommandError);
      assertEquals(error.code, "NOPERM");
    }
  });
});

Deno.test("RedisClient shows a certificate of its own where the server wants one", async () => {
  await using server = await startSecureRedis("yes");
  const { certificate: ca, certificate: cert, key } = server;
  await useAll(urlOf(server, PASSWORD), { ca, cert, key });
  await refused(urlOf(server, PASSWORD), { ca });
});

Deno.test("RedisClient logs in to a cluster over TLS", async () => {
  await using signed = await serverCertificate();
  const users = await signed.write("users.acl", ANOTHER_USER);
  const port = freePort();
  await using _cluster = await startRedisCluster({
    masters: 1,
    args: [...signed.args(port), "--tls-cluster", "yes", "--aclfile", users],
  });
  const nodes = [{ host: "127.0.0.1", port }];
  const login = { username: "essays", password: PASSWORD };
  const tls = { ca: signed.certificate };
  await using redis = await RedisClient.connect({
    clientId: "t",
    cluster: { nodes, ...login, tls },
  });
  await redis.set("essay:1", "v");
  assertEquals(await redis.get("essay:1"), "v");
  await assertRejects(
    () => RedisClient.connect({ clientId: "t", cluster: { nodes, ...login } }),
    RedisConnectionError,
  );
});

Deno.test("RedisClient logs in to sentinels and their master over TLS", async () => {
  await using signed = await serverCertificate();
  const users = await signed.write("users.acl", ANOTHER_USER);
  const [port, sentinelPort] = [freePort(), freePort()];
  await using _master = await startRedis({
    args: [...signed.args(port), "--aclfile", users],
  });
  await using _sentinel = await startRedis({
    config: `sentinel monitor essays 127.0.0.1 ${port} 1\n`,
    args: [
      "--sentinel",
      ...signed.args(sentinelPort),
      ...["--tls-replication", "yes", "--requirepass", "theirs"],
    ],
  });
  await using redis = await RedisClient.connect({
    clientId: "t",
    sentinel: {
      sentinels: [{ host: "127.0.0.1", port: sentinelPort }],
      name: "essays",
      username: "essays",
      password: PASSWORD,
      sentinelPassword: "theirs",
      tls: { ca: signed.certificate },
    },
  });
  await redis.set("essay:1", "v");
  assertEquals(await redis.get("essay:1"), "v");
});

function urlOf({ port }: SecureRedis, password: string): string {
  return `rediss://essays:${password}@127.0.0.1:${port}`;
}

function connect(url: string, tls?: RedisTlsOptions): Promise<RedisClient> {
  return RedisClient.connect({
    clientId: "t",
    url,
    ...(tls !== undefined && { tls }),
  });
}

/** Each kind of connection, once. */
async function useAll(url: string, tls: RedisTlsOptions): Promise<void> {
  await using redis = await connect(url, tls);
  await using pubsub = await RedisPubSub.connect({ clientId: "t", url, tls });
  const key = `essay:${crypto.randomUUID()}`;
  await redis.rpush(key, "v");
  assertEquals(await redis.blpop([key], 1_000), [key, "v"]);
  await redis.transaction([key], (tx) => {
    tx.multi().set(key, "w");
    return Promise.resolve();
  });
  assertEquals(await redis.get(key), "w");
  await using sub = await pubsub.subscribe(key);
  await redis.publish(key, "m");
  for await (const { message } of sub) {
    assertEquals(message, "m");
    break;
  }
}

/** Connects in vain; no password and no key comes out of it. */
async function refused(
  url: string,
  tls?: RedisTlsOptions,
): Promise<RedisConnectionError> {
  const logger = new RecordingLogger();
  const error = await assertRejects(
    () =>
      RedisClient.connect({
        clientId: "t",
        url,
        logger,
        connectTimeoutMs: 2_000,
        ...(tls !== undefined && { tls }),
      }),
    RedisConnectionError,
    "Cannot connect to Redis at 127.0.0.1:",
  );
  const shown = inspect([error, logger.lines], { depth: 20, showHidden: true });
  for (const secret of [PASSWORD, WRONG_PASSWORD, "PRIVATE KEY"]) {
    assertEquals(shown.includes(secret), false, shown);
  }
  return error;
}

/** A Redis that takes TLS beside its plain port, and has one user. */
async function startSecureRedis(
  clients: "yes" | "no" = "no",
): Promise<SecureRedis> {
  await using started = new AsyncDisposableStack();
  const signed = started.use(await serverCertificate());
  const users = await signed.write("users.acl", ONLY_USER);
  const port = freePort();
  started.use(
    await startRedis({
      args: [...signed.args(port, clients), "--aclfile", users],
    }),
  );
  const { certificate, key } = signed;
  const owned = started.move();
  return {
    certificate,
    key,
    port,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
