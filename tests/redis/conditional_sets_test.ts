// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { CommandLink } from "../../redis/_command_link.ts";
import { ConditionalSets } from "../../redis/_conditional_sets.ts";
import type { OutgoingCommand } from "../../redis/_connection.ts";
import { parseRedisUrl } from "../../redis/_redis_url.ts";
import { OutcomeUnknownError, RedisCommandError } from "../../redis/mod.ts";
import {
  type ScriptedConnection,
  ScriptedServer,
} from "./_scripted_connection.ts";

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
  const sets = new ConditionalSets(link);
  return { server, link, sets, first: await server.next() };
}

function lines({ sent }: ScriptedConnection): string[] {
  return sent.map(({ name, args }) => [name, ...args].join(" "));
}

Deno.test("ConditionalSets sends the calls of a turn in one script, each with its own answer", async () => {
  const { link, sets, first } = await start();
  const calls = [
    sets.set("a", null, "1", 50),
    sets.set("b", null, "2"),
    sets.set("c", "old", "new", 70),
    assertRejects(() => sets.set("d", "", "4"), RedisCommandError, "WRONGTYPE"),
  ];
  sets.flush();
  const [{ name, args }] = first.sent as [OutgoingCommand];
  assertEquals(
    [name, ...args.slice(1)].join(" "),
    "EVAL 4 a b c d   1 50   2  = old new 70 =  4 ",
  );
  first.reply([1, 0, 1, "WRONGTYPE no"]);
  assertEquals((await Promise.all(calls)).slice(0, 3), [true, false, true]);
  await link.stop(0);
});

Deno.test("ConditionalSets sends before whatever was called for later", async () => {
  const { link, sets, first } = await start();
  const calls = [
    sets.set("a", null, "1"),
    link.run({ kind: "read", name: "GET", args: ["a"] }),
    sets.set("b", null, "2"),
  ];
  sets.flush();
  assertEquals(lines(first), ["SET a 1 NX", "GET a", "SET b 2 NX"]);
  for (const reply of ["OK", "1", null]) first.reply(reply);
  assertEquals(await Promise.all(calls), [true, "1", false]);
  await link.stop(0);
});

Deno.test("ConditionalSets keeps the order of calls without a connection", async () => {
  const { server, link, sets, first } = await start();
  first.lose();
  const calls = [
    sets.set("a", null, "1"),
    link.run({ kind: "read", name: "GET", args: ["a"] }),
  ];
  const second = await server.next();
  assertEquals(lines(second), ["SET a 1 NX", "GET a"]);
  second.reply("OK");
  second.reply("1");
  assertEquals(await Promise.all(calls), [true, "1"]);
  await link.stop(0);
});

Deno.test("ConditionalSets does without scripts where a user may not run them", async () => {
  const { link, sets, first } = await start();
  const calls = [sets.set("a", null, "1"), sets.set("b", null, "2")];
  sets.flush();
  first.refuse("NOPERM no permissions to run the 'eval' command");
  await first.waitForCommands(2);
  assertEquals(lines(first), ["SET a 1 NX", "SET b 2 NX"]);
  first.reply("OK");
  first.reply(null);
  assertEquals(await Promise.all(calls), [true, false]);
  await link.stop(0);
});

Deno.test("ConditionalSets looks at each key when the reply is lost", async () => {
  const { server, link, sets, first } = await start();
  const calls = [
    sets.set("a", null, "1"),
    assertRejects(() => sets.set("b", null, "2"), OutcomeUnknownError, "SET"),
    assertRejects(() => sets.set("c", "x", "y"), OutcomeUnknownError, "SET"),
  ];
  sets.flush();
  first.lose();
  const second = await server.next();
  assertEquals(lines(second), ["GET a", "GET b"]);
  second.reply("another's");
  second.reply("2");
  assertEquals((await Promise.all(calls))[0], false);
  await link.stop(0);
});
