// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { CommandLink } from "../../redis/_command_link.ts";
import { CompareAndSets } from "../../redis/_compare_and_sets.ts";
import type { OutgoingCommand } from "../../redis/_connection.ts";
import { parseRedisUrl } from "../../redis/_redis_url.ts";
import { OutcomeUnknownError, RedisCommandError } from "../../redis/mod.ts";
import { ScriptedServer } from "./_scripted_connection.ts";

async function start() {
  const server = new ScriptedServer();
  const link = new CommandLink({
    address: parseRedisUrl("redis://h:1"),
    open: server.open,
    commandTimeoutMs: 60_000,
    subject: 'RedisClient "t"',
    clientId: "t",
  });
  await link.start();
  const sets = new CompareAndSets(link);
  return { server, link, sets, first: await server.next() };
}

Deno.test("CompareAndSets sends the calls of a turn in one script, each with its own answer", async () => {
  const { link, sets, first } = await start();
  const calls = [
    sets.set("a", "old", "1", 50),
    sets.set("b", "", "2"),
    assertRejects(() => sets.set("c", "", "4"), RedisCommandError, "WRONGTYPE"),
  ];
  sets.flush();
  const [{ name, args }] = first.sent as [OutgoingCommand];
  assertEquals(
    [name, ...args.slice(1)],
    ["EVAL", "3", "a", "b", "c", "old", "1", "50", "", "2", "", "", "4", ""],
  );
  first.reply([1, 0, "WRONGTYPE no"]);
  assertEquals((await Promise.all(calls)).slice(0, 2), [true, false]);
  await link.stop(0);
});

Deno.test("CompareAndSets sends before whatever was called for later", async () => {
  const { link, sets, first } = await start();
  const calls = [
    sets.set("a", "0", "1"),
    link.run({ kind: "read", name: "GET", args: ["a"] }),
    sets.set("b", "0", "2"),
  ];
  sets.flush();
  assertEquals(first.sent.map(({ name }) => name), ["EVAL", "GET", "EVAL"]);
  for (const reply of [[1], "1", [0]]) first.reply(reply);
  assertEquals(await Promise.all(calls), [true, "1", false]);
  await link.stop(0);
});

Deno.test("CompareAndSets keeps the order of calls without a connection", async () => {
  const { server, link, sets, first } = await start();
  first.lose();
  const calls = [
    sets.set("a", "0", "1"),
    link.run({ kind: "read", name: "GET", args: ["a"] }),
  ];
  const second = await server.next();
  assertEquals(second.sent.map(({ name }) => name), ["EVAL", "GET"]);
  second.reply([1]);
  second.reply("1");
  assertEquals(await Promise.all(calls), [true, "1"]);
  await link.stop(0);
});

Deno.test("CompareAndSets does not know the outcome when the reply is lost", async () => {
  const { link, sets, first } = await start();
  const lost = ["a", "b"].map((key) =>
    assertRejects(() => sets.set(key, "x", "y"), OutcomeUnknownError, "SET")
  );
  sets.flush();
  first.lose();
  await Promise.all(lost);
  await link.stop(0);
});
