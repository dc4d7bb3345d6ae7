// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { CommandLink } from "../../redis/_command_link.ts";
import { NotMasterError } from "../../redis/_connection.ts";
import { GivenBackError } from "../../redis/_given_back_error.ts";
import { parseRedisUrl } from "../../redis/_redis_url.ts";
import { OutcomeUnknownError, RedisConnectionError } from "../../redis/mod.ts";
import type { WireCommandKind } from "../../redis/wire_command.ts";
import {
  type ScriptedConnection,
  ScriptedServer,
} from "./_scripted_connection.ts";

function linkTo(server: ScriptedServer): CommandLink {
  return new CommandLink({
    address: parseRedisUrl("redis://h:1"),
    open: server.open,
    commandTimeoutMs: 100,
    subject: "RedisClient",
    clientId: "t",
  });
}

function command(kind: WireCommandKind) {
  return { kind, name: "X", args: [] };
}

/** Refuses all that was sent, as a server does that is a replica now. */
function refuse(connection: ScriptedConnection): void {
  for (const sent of connection.sent.splice(0)) {
    sent.onError(new NotMasterError(connection));
  }
}

Deno.test("CommandLink sends what a replica has refused to the next server, once each", async () => {
  const server = new ScriptedServer();
  const link = linkTo(server);
  const [, old] = await Promise.all([link.start(), server.next()]);
  const calls = Promise.all([
    link.run(command("once")),
    link.run(command("safe")),
    link.run(command("read")),
  ]);
  refuse(old);
  const master = await server.next();
  assertEquals(master.sent.length, 3);
  for (let i = 1; i <= 3; i++) master.reply(i);
  assertEquals(await calls, [1, 2, 3]);
  assertEquals(old.sent.length, 0);
  await link.stop(0);
});

Deno.test("CommandLink says that a refused command was not sent where no master comes", async () => {
  const server = new ScriptedServer();
  const link = linkTo(server);
  const [, old] = await Promise.all([link.start(), server.next()]);
  // It may have been applied before: only the second server has refused it.
  const lost = link.run(command("safe"));
  old.lose();
  const second = await server.next();
  const refused = link.run(command("once"));
  server.close();
  refuse(second);
  const outcomes = Promise.all([
    assertRejects(() => lost, OutcomeUnknownError),
    assertRejects(() => refused, RedisConnectionError, "X was not sent"),
  ]);
  await outcomes;
  await link.stop(0);
});

Deno.test("CommandLink.giveBack() rejects what waits, and leaves what was sent", async () => {
  const server = new ScriptedServer();
  const link = linkTo(server);
  link.startLater();
  const waiting = link.run(command("once"));
  link.giveBack();
  const error = await assertRejects(() => waiting, GivenBackError);
  assertEquals(error.maybeApplied, false);
  const connection = await server.next();
  const sent = link.run(command("once"));
  link.giveBack();
  const retired = link.retire(1_000);
  connection.reply("late");
  assertEquals(await sent, "late");
  await retired;
  assertEquals(connection.closed, true);
});
