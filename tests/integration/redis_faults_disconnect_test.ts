// Copyright 2026 the HuleEdu authors. MIT license.

// CLIENT KILL of each connection of a client, again and again, under load.

import { assert, assertEquals } from "@std/assert";
import type { Subscription } from "../../protocols.ts";
import { RedisClient } from "../../redis/mod.ts";
import { RedisAdmin } from "./_redis_admin.ts";
import { neverHanging, outcomeOf, until } from "./_redis_faults.ts";
import { startOwnRedis } from "./_redis_server.ts";

const CLIENT_ID = "victim";
const ROUNDS = 30;
const SUBSCRIPTIONS = 50;

/** Work that goes on until it is told to end, and tells how far it is. */
interface Load {
  done: number;
  over: boolean;
}

/** Kills every connection of the client, as often as rounds, while work goes on. */
async function killConnections(port: number, load: Load): Promise<number> {
  using admin = await RedisAdmin.connect(port);
  let killed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = load.done;
    await until("work goes on", () => load.done > before + 20);
    for (const id of await admin.connectionsOf(CLIENT_ID)) {
      // It may have gone with one that was killed before.
      killed += Number(await admin.ask("CLIENT", "KILL", "ID", id));
    }
  }
  const before = load.done;
  await until("work goes on", () => load.done > before + 20);
  load.over = true;
  return killed;
}

Deno.test("commands are applied as they say when their connection is killed again and again", async () => {
  await using own = await startOwnRedis({ clientId: CLIENT_ID });
  const { redis, server } = own;
  const load: Load = { done: 0, over: false };
  const wrong: string[] = [];
  const work = Array.from({ length: 100 }, async (_, id) => {
    let counted = 0;
    let uncertain = 0;
    while (!load.over) {
      const outcome = await outcomeOf(redis.incr(`n:${id}`), "INCR");
      if (outcome.kind === "unknown") uncertain++;
      if (outcome.kind === "replied") counted++;
      const value = await outcomeOf(redis.set(`v:${id}`, `${id}`), "SET");
      if (value.kind !== "replied") wrong.push(`SET: ${value.kind}`);
      const read = await outcomeOf(redis.get(`v:${id}`), "GET");
      if (read.kind !== "replied" || read.reply !== String(id)) {
        wrong.push(`GET: ${JSON.stringify(read)}`);
      }
      load.done++;
    }
    const count = Number(await redis.get(`n:${id}`));
    if (count < counted || count > counted + uncertain) {
      wrong.push(`${count} of ${counted} and ${uncertain} more`);
    }
  });
  assert(await killConnections(server.port, load) >= ROUNDS);
  await Promise.all(work);
  assertEquals(wrong, []);
});

Deno.test("transactions are applied once when their connections are killed again and again", async () => {
  await using own = await startOwnRedis({ clientId: CLIENT_ID });
  const { redis, server } = own;
  const load: Load = { done: 0, over: false };
  let counted = 0;
  let uncertain = 0;
  const work = Array.from({ length: 8 }, async (_, id) => {
    while (!load.over) {
      const outcome = await outcomeOf(
        redis.transaction([`n:${id}`, "sum"], async (tx) => {
          const count = Number(await tx.get(`n:${id}`));
          tx.multi().set(`n:${id}`, String(count + 1)).incr("sum");
        }, { maxAttempts: 1_000 }),
        "transaction()",
      );
      if (outcome.kind === "unknown") uncertain++;
      if (outcome.kind === "replied") counted++;
      load.done++;
    }
  });
  assert(await killConnections(server.port, load) >= ROUNDS);
  await Promise.all(work);
  const sum = Number(await redis.get("sum"));
  assert(sum >= counted && sum <= counted + uncertain);
  const parts = await Promise.all(
    work.map(async (_, id) => Number(await redis.get(`n:${id}`))),
  );
  // Both writes of a transaction, or none.
  assertEquals(parts.reduce((total, part) => total + part, 0), sum);
});

Deno.test("blpop() says when a value may be lost as its connection is killed again and again", async () => {
  await using own = await startOwnRedis({ clientId: CLIENT_ID });
  const { redis, server } = own;
  await using pusher = await RedisClient.connect({
    clientId: "pusher",
    url: `redis://127.0.0.1:${server.port}`,
  });
  const load: Load = { done: 0, over: false };
  const taken: string[] = [];
  let uncertain = 0;
  const take = async () => {
    const outcome = await outcomeOf(redis.blpop(["list"], 200), "BLPOP");
    if (outcome.kind === "unknown") uncertain++;
    if (outcome.kind !== "replied" || outcome.reply === null) return false;
    taken.push(outcome.reply[1]);
    return true;
  };
  const work = Array.from({ length: 8 }, async () => {
    while (!load.over) if (await take()) load.done++;
    while (await take());
  });
  let pushed = 0;
  const push = async () => {
    while (!load.over) await pusher.rpush("list", String(pushed++));
  };
  const [killed] = await Promise.all([
    killConnections(server.port, load),
    push(),
  ]);
  assert(killed >= ROUNDS);
  await Promise.all(work);
  assertEquals(await redis.llen("list"), 0);
  assertEquals(new Set(taken).size, taken.length, "no value comes twice");
  const missing = pushed - taken.length;
  assert(missing <= uncertain, `${missing} lost, ${uncertain} told of`);
});

Deno.test("no message is missed without a gap when the subscriber's connection is killed again and again", async () => {
  await using own = await startOwnRedis({ clientId: CLIENT_ID });
  const { redis, server } = own;
  await using publisher = await RedisClient.connect({
    clientId: "publisher",
    url: `redis://127.0.0.1:${server.port}`,
  });
  const load: Load = { done: 0, over: false };
  const problems: string[] = [];
  let gaps = 0;
  const read = async (sub: Subscription): Promise<void> => {
    const last = new Map<string, { nth: number; gapTold: boolean }>();
    for await (const { channel, message, gap } of sub) {
      if (message === "end") break;
      const { nth, gapTold } = last.get(channel) ?? { nth: -1, gapTold: false };
      if (gap !== undefined) {
        gaps++;
        last.set(channel, { nth, gapTold: true });
        continue;
      }
      const next = Number(message);
      if (next <= nth) problems.push(`${channel}: ${next} after ${nth}`);
      if (next > nth + 1 && !gapTold) problems.push(`${channel}: no gap`);
      last.set(channel, { nth: next, gapTold: false });
      load.done++;
    }
  };
  const subs = await Promise.all(
    Array.from(
      { length: SUBSCRIPTIONS },
      (_, id) => redis.subscribe([`own:${id}`, "all"]),
    ),
  );
  const readers = subs.map(read);
  const publish = async () => {
    for (let nth = 0; !load.over; nth++) {
      await publisher.publish("all", String(nth));
      const round = Math.floor(nth / SUBSCRIPTIONS);
      await publisher.publish(`own:${nth % SUBSCRIPTIONS}`, String(round));
    }
  };
  const [killed] = await Promise.all([
    killConnections(server.port, load),
    publish(),
  ]);
  assert(killed >= ROUNDS);
  // Every subscription is there again, or its reader never comes to an end.
  await until(
    "the end is heard",
    async () => await publisher.publish("all", "end") > 0,
  );
  await neverHanging(Promise.all(readers), "A subscription");
  assertEquals(problems, []);
  assert(gaps > 0);
});
