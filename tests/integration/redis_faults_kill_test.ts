// Copyright 2026 the HuleEdu authors. MIT license.

// The server dies under load and comes back with what it had acknowledged.

import { assert, assertEquals } from "@std/assert";
import type { RedisClient } from "../../redis/mod.ts";
import { type Outcome, outcomeOf, until } from "./_redis_faults.ts";
import { startOwnRedis } from "./_redis_server.ts";

const CALLERS = 1_000;
const KILLS = 3;
/** So many calls go by before a kill, and after the last one. */
const CALLS_BETWEEN = 3_000;
/** What is acknowledged is on the disk. */
const PERSISTENT = ["--appendonly", "yes", "--appendfsync", "always"];

interface Caller {
  readonly id: number;
  /** Calls under way or done. */
  calls: number;
  /** The last value that INCR gave. */
  counted: number;
  /** INCRs whose outcome is unknown. */
  uncertain: number;
  /** Keys that were set, by value. */
  readonly set: Map<string, string>;
  /** What the last SET wrote, and what a later one may have written. */
  latest: readonly string[];
}

Deno.test("what is acknowledged stays, and no reply goes astray, when the server is killed under 1,000 calls", async () => {
  await using own = await startOwnRedis({}, PERSISTENT);
  const { redis } = own;
  const callers = Array.from({ length: CALLERS }, (_, id): Caller => ({
    ...{ id, calls: 0, counted: 0, uncertain: 0 },
    set: new Map(),
    latest: [],
  }));
  await Promise.all(
    callers.map(({ id }) => redis.set(`own:${id}`, ownValue(id))),
  );
  const wrong: string[] = [];
  const load = { done: 0, over: false };
  const work = callers.map(async (caller) => {
    while (!load.over) {
      const problem = await callOnce(redis, caller);
      if (problem !== undefined) wrong.push(problem);
      load.done++;
    }
  });
  for (let kill = 1; kill <= KILLS; kill++) {
    const before = load.done;
    await until("calls go by", () => load.done >= before + CALLS_BETWEEN);
    if (kill === 1) {
      // Every call is in flight then, and the server has answered none.
      await own.server.kill("SIGSTOP");
      let last = -1;
      await until("replies stop", () => last === (last = load.done));
    }
    await own.server.restart();
  }
  const last = load.done;
  await until("calls go by", () => load.done >= last + CALLS_BETWEEN);
  load.over = true;
  await Promise.all(work);
  assertEquals(wrong, []);
  assertEquals(await lost(redis, callers), []);
  const uncertain = callers.reduce((sum, caller) => sum + caller.uncertain, 0);
  assert(uncertain > 0, "calls were in flight when the server died");
});

/** One call of the caller's; what is wrong with its reply. */
async function callOnce(
  redis: RedisClient,
  caller: Caller,
): Promise<string | undefined> {
  const { id } = caller;
  const nth = caller.calls++;
  switch ((nth + id) % 4) {
    case 0: {
      const outcome = await outcomeOf(redis.get(`own:${id}`), "GET");
      return problem(outcome, (reply) => reply === ownValue(id));
    }
    case 1: {
      const outcome = await outcomeOf(redis.incr(`n:${id}`), "INCR");
      const { counted, uncertain } = caller;
      if (outcome.kind === "unknown") caller.uncertain++;
      if (outcome.kind === "replied") caller.counted = outcome.reply;
      return problem(
        outcome,
        (reply) => reply > counted && reply <= counted + uncertain + 1,
      );
    }
    case 2: {
      const key = `once:${id}:${nth}`;
      const value = crypto.randomUUID();
      const outcome = await outcomeOf(
        redis.setIfNotExists(key, value, { ttlMs: 600_000 }),
        "SET NX",
      );
      if (outcome.kind === "replied") caller.set.set(key, value);
      return problem(outcome, (wasSet) => wasSet);
    }
    default: {
      const value = `${id}:${nth}`;
      const outcome = await outcomeOf(redis.set(`latest:${id}`, value), "SET");
      caller.latest = outcome.kind === "replied"
        ? [value]
        : [...caller.latest, value];
      return problem(outcome, () => true);
    }
  }
}

function problem<T>(
  outcome: Outcome<T>,
  isRight: (reply: T) => boolean,
): string | undefined {
  if (outcome.kind === "refused") return String(outcome.error);
  if (outcome.kind !== "replied" || isRight(outcome.reply)) return undefined;
  return `replied ${outcome.reply}`;
}

/** What was acknowledged and is not there. */
async function lost(
  redis: RedisClient,
  callers: readonly Caller[],
): Promise<string[]> {
  const checks = callers.map(async (caller) => {
    const { id, counted, uncertain, latest } = caller;
    const missing: string[] = [];
    const count = Number(await redis.get(`n:${id}`));
    if (count < counted || count > counted + uncertain) {
      missing.push(`n:${id} is ${count}, not ${counted} and ${uncertain} more`);
    }
    const value = await redis.get(`latest:${id}`);
    if (latest.length > 0 && !latest.includes(value ?? "")) {
      missing.push(`latest:${id}`);
    }
    for (const [key, written] of caller.set) {
      if (await redis.get(key) !== written) missing.push(key);
    }
    return missing;
  });
  return (await Promise.all(checks)).flat();
}

function ownValue(id: number): string {
  return `the value of ${id}`;
}
