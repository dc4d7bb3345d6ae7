// Copyright 2026 the HuleEdu authors. MIT license.

// What the Python clients answered, operation by operation, as calls of ours.
// Seconds are milliseconds here, and `exists` is a boolean as in Python's queue
// client. Where Python failed, the error is named that tells it here.

import type {
  AtomicRedisClient,
  Lifecycle,
  PubSub,
  UserNotifier,
} from "../../protocols.ts";

/** A client with an empty server of its own. */
export type OpsClient = AtomicRedisClient & PubSub & UserNotifier & Lifecycle;

/** A started client, and another one that never was. */
export interface OpsClients {
  readonly redis: OpsClient;
  readonly unstarted: OpsClient;
}

/** Answers as Python did, or rejects with the error that is named. */
export interface OpsCase {
  readonly run: (clients: OpsClients) => Promise<unknown>;
  readonly error?: string;
  /** What only a server can tell: refused connections, and what is no Lua. */
  readonly onlyReal?: true;
}

type Run = (redis: OpsClient) => Promise<unknown>;

/** The case of each vector, by the part of its name that is unique. */
export const OPS_CASES: Readonly<Record<string, OpsCase>> = {
  "002": {
    run: ({ unstarted }) => unstarted.sadd("k", "m"),
    error: "NotStartedError",
  },
  "004": returns((redis) => redis.ping()),
  "007": returns(async (redis) => {
    await redis.setIfNotExists("k", "v1");
    return await redis.setIfNotExists("k", "v2", { ttlMs: 5_000 });
  }),
  "011": returns(async (redis) => {
    await redis.set("noexp", "v");
    return await redis.ttl("noexp");
  }),
  "014": returns((redis) => redis.setIfNotExists("num", "7")),
  "015": returns(async (redis) => {
    await redis.setIfNotExists("num", "7");
    return await redis.get("num");
  }),
  "016": fails(
    "TypeError",
    (redis) => redis.setIfNotExists("dict", { a: 1 } as unknown as string),
  ),
  "019": returns(async (redis) => {
    await redis.set("s", "hå 😀");
    return await redis.get("s");
  }),
  "021": fails("RangeError", (redis) => redis.setex("s", -1, "x")),
  "022": returns((redis) => isDone(redis.setex("e", 60_000, ""))),
  "023": returns(async (redis) => {
    await redis.setex("e", 60_000, "");
    return await redis.get("e");
  }),
  "024": returns(async (redis) => {
    await redis.set("s", "v");
    return Number(await redis.exists("s"));
  }),
  "026": returns(async (redis) => {
    await redis.set("s", "v");
    return await redis.expire("s", 10_000);
  }),
  "027": returns((redis) => redis.expire("missing", 10_000)),
  "029": returns((redis) => redis.deleteKey("s")),
  "030": returns(async (redis) => {
    await redis.set("k", "v");
    await redis.set("noexp", "v");
    return await redis.delete("k", "noexp", "missing");
  }),
  "031": fails("TypeError", (redis) => redis.delete()),
  "033": returns(async (redis) => {
    await redis.sadd("set", "a");
    return await redis.sadd("set", "a", "b", "c");
  }),
  "040": returns((redis) => redis.sadd("one", "only")),
  "041": returns(async (redis) => {
    await redis.sadd("one", "only");
    return await redis.spop("one");
  }),
  "043": returns((redis) => redis.zadd("z1", { a: 1.5, b: 2 })),
  "046": fails("TypeError", (redis) => redis.zadd("z1", {})),
  "048": returns(async (redis) => {
    await redis.hset("h", "f", "v1");
    return await redis.hset("h", "f", "v2");
  }),
  "050": returns((redis) => redis.hget("h", "x")),
  "052": returns(async (redis) => {
    await redis.hset("h", "f", "v2");
    return { ...await redis.hgetall("h") };
  }),
  "054": returns(async (redis) => {
    await redis.hset("h", "f", "v2");
    return await redis.hexists("h", "f");
  }),
  "055": returns((redis) => redis.hexists("h", "x")),
  "056": returns((redis) => redis.rpush("l", "a", "b")),
  "058": returns(async (redis) => {
    await redis.rpush("l", "a", "b");
    await redis.lpush("l", "z");
    return await redis.lrange("l", 0, -1);
  }),
  "059": returns((redis) => redis.lrange("none", 0, -1)),
  "060": returns(async (redis) => {
    await redis.rpush("l", "z", "a", "b");
    return await redis.llen("l");
  }),
  "061": returns(async (redis) => {
    await redis.rpush("l", "z", "a", "b");
    return { $tuple: await redis.blpop(["none", "l"], 1_000) };
  }),
  "064": returns(async (redis) => {
    for (let i = 0; i < 20; i++) {
      await redis.set(`scan:${String(i).padStart(3, "0")}`, "");
    }
    return (await Array.fromAsync(redis.scanPattern("scan:00?"))).sort();
  }),
  "065": returns((redis) => Array.fromAsync(redis.scanPattern("nothing:*"))),
  "067": returns(async (redis) => {
    const sha = await redis.registerScript(ECHO_SCRIPT);
    return await redis.executeScript(sha, ["k1", "k2"], ["a1"]);
  }),
  "068": fails(
    "RedisCommandError NOSCRIPT",
    (redis) => redis.executeScript("0".repeat(40), [], []),
  ),
  "069": {
    ...fails(
      "RedisCommandError ERR",
      (redis) => redis.registerScript("not lua("),
    ),
    onlyReal: true,
  },
  // Python's first message confirms the subscription; here that is what
  // subscribe() waits for.
  "subscribe/listen": returns(async (redis) => {
    await using sub = await redis.subscribe("ch");
    await redis.publish("ch", "hå");
    await redis.publish("ch", "two");
    const messages: unknown[] = [];
    for await (const { channel, message } of sub) {
      messages.push({ type: "message", pattern: null, channel, data: message });
      if (messages.length === 2) break;
    }
    return messages;
  }),
  // Python logged the error of the caller's own block as one of SUBSCRIBE.
  "subscribe/body_raises": returns(async (redis) => {
    const raised = new Error("from the body");
    const caught = await subscribeAndThrow(redis, raised).catch((e) => e);
    return [caught === raised, await redis.publish("ch", "nobody")];
  }),
  "create_transaction_pipeline/ok": returns(async (redis) => {
    await using tx = await redis.watch("w1", "w2");
    return await tx.multi().set("w1", "v").incr("w2").exec();
  }),
  "create_transaction_pipeline/watched_key_changed": returns(async (redis) => {
    await using tx = await redis.watch("w1");
    await redis.set("w1", "theirs");
    return await tx.multi().set("w1", "ours").exec();
  }),
  "074": returns(async (redis) => {
    await redis.stop();
    return await redis.stop() ?? null;
  }),
  "075": fails("NotStartedError", async (redis) => {
    await redis.stop();
    return await redis.sadd("x", "y");
  }),
  "077": {
    run: ({ unstarted }) => unstarted.start(),
    error: "RedisConnectionError",
    onlyReal: true,
  },
  "079": {
    run: ({ unstarted }) => unstarted.zcard("x"),
    error: "NotStartedError",
  },
  // Python's PING started the client; here that takes a start().
  "080": returns(async (redis) => {
    await redis.stop();
    await redis.start();
    return await redis.ping();
  }),
  "082": returns(async (redis) => {
    await redis.zadd("pq", { i1: 3, i2: 1, i3: 2 });
    return await redis.zcard("pq");
  }),
  "083": returns((redis) => redis.zcard("none")),
  "084": returns(async (redis) => {
    await redis.zadd("pq", { i1: 3, i2: 1, i3: 2 });
    return await redis.zrange("pq", 0, -1);
  }),
  "085": returns(async (redis) => {
    await redis.zadd("pq", { i1: 3, i2: 1, i3: 2 });
    const pairs = await redis.zrangeWithScores("pq", 0, 0);
    return pairs.map((pair) => ({ $tuple: pair }));
  }),
  // Python asked for no items of a queue, and was given all of them.
  "087": returns(async (redis) => {
    await redis.zadd("pq", { i1: 3, i2: 1, i3: 2 });
    return await redis.zrange("pq", 0, 0 - 1);
  }),
  "090": returns((redis) => redis.hset("d", "f", "v")),
  "092": returns((redis) => redis.hget("d", "x")),
  "094": returns(async (redis) => {
    await redis.hset("d", "empty", "");
    return await redis.hget("d", "empty");
  }),
  "095": returns(async (redis) => {
    await redis.hset("d", "f", "v");
    return await redis.hdel("d", "f", "x");
  }),
  "097": returns(async (redis) => {
    await redis.hset("d", "empty", "");
    return await redis.hexists("d", "empty");
  }),
  "098": returns(async (redis) => {
    await redis.hset("d", "empty", "");
    return await redis.hkeys("d");
  }),
  "102": returns((redis) => isDone(redis.setex("k", 5_000, "v"))),
  "103": returns(async (redis) => {
    await redis.setex("k", 5_000, "v");
    return await redis.delete("k");
  }),
  "104": returns(async (redis) => await redis.stop() ?? null),
};

/** The script of case 067. */
export const ECHO_SCRIPT = "return {KEYS[1], ARGV[1], #KEYS}";

function returns(run: Run): OpsCase {
  return { run: ({ redis }) => run(redis) };
}

function fails(error: string, run: Run): OpsCase {
  return { run: ({ redis }) => run(redis), error };
}

/** Python gives `True` where there is nothing else to say. */
async function isDone(work: Promise<void>): Promise<true> {
  await work;
  return true;
}

async function subscribeAndThrow(
  redis: OpsClient,
  error: Error,
): Promise<never> {
  await using _sub = await redis.subscribe("ch");
  throw error;
}
