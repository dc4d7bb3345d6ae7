// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { CommandLink } from "../../redis/_command_link.ts";
import {
  NotStartedError,
  OutcomeUnknownError,
  RedisCommandError,
  RedisError,
  type WireCommand,
  type WireCommandKind,
} from "../../redis/mod.ts";
import { parseRedisUrl } from "../../redis/_redis_url.ts";
import {
  type ScriptedConnection,
  ScriptedServer,
} from "./_scripted_connection.ts";

async function start(commandTimeoutMs = 60_000) {
  const server = new ScriptedServer();
  const link = new CommandLink({
    address: parseRedisUrl("redis://h:1"),
    open: server.open,
    commandTimeoutMs,
    subject: 'RedisClient "t"',
    clientId: "t",
  });
  await link.start();
  return { server, link, first: await server.next() };
}

function command(kind: WireCommandKind, name: string): WireCommand {
  return { kind, name, args: ["k"] };
}

function names({ sent }: ScriptedConnection): string[] {
  return sent.map(({ name }) => name);
}

Deno.test("a reply goes to its command, in order", async () => {
  const { link, first } = await start();
  const replies = [1, 2, 3].map((i) => link.run(command("once", `C${i}`)));
  [10, 20, 30].forEach((reply) => first.reply(reply));
  assertEquals(await Promise.all(replies), [10, 20, 30]);
  await link.stop(0);
});

Deno.test("when the connection breaks, reads and safe commands go out once more", async () => {
  const { server, link, first } = await start();
  const read = link.run(command("read", "GET"));
  const once = link.run(command("once", "INCR"));
  const safe = link.run(command("safe", "SET"));
  const unknown = assertRejects(() => once, OutcomeUnknownError);
  first.lose();
  assertEquals((await unknown).command, "INCR");
  const second = await server.next();
  assertEquals(names(second), ["GET", "SET"]);
  second.reply("v");
  second.reply("OK");
  assertEquals([await read, await safe], ["v", "OK"]);
  await link.stop(0);
});

Deno.test("a command issued without a connection waits for one, and goes out once", async () => {
  const { server, link, first } = await start();
  first.lose();
  const once = link.run(command("once", "INCR"));
  const second = await server.next();
  assertEquals(names(second), ["INCR"]);
  second.reply(1);
  assertEquals(await once, 1);
  await link.stop(0);
});

Deno.test("a connection that closes without saying so takes no command", async () => {
  const { server, link, first } = await start();
  first.closed = true;
  const once = link.run(command("once", "INCR"));
  assertEquals(first.sent, []);
  first.lose();
  const second = await server.next();
  second.reply(1);
  assertEquals(await once, 1);
  await link.stop(0);
});

Deno.test("a command without a reply settles by its deadline, by its kind", async () => {
  const reason = "no reply from Redis at h:1 within 20 ms";
  const expected = {
    once: `X may or may not have been applied: ${reason}`,
    safe: `X may or may not have been applied: ${reason}`,
    read: `X failed: ${reason}`,
  };
  for (const kind of ["once", "safe", "read"] as const) {
    const { link, first } = await start(20);
    const error = await assertRejects(
      () => link.run(command(kind, "X")),
      RedisError,
      expected[kind],
    );
    const isUnknown = error instanceof OutcomeUnknownError;
    assertEquals(isUnknown, kind !== "read");
    // It had not answered anything since: it was closed.
    assertEquals(first.closed, true);
    await link.stop(0);
  }
});

Deno.test("a connection that answers others is kept when one command is late", async () => {
  const { link, first } = await start(20);
  const early = link.run(command("once", "A"));
  const late = link.run(command("once", "B"));
  first.reply(1);
  assertEquals(await early, 1);
  await assertRejects(() => late, OutcomeUnknownError);
  assertEquals(first.closed, false);
  // Its reply comes after all, and goes nowhere.
  const next = link.run(command("once", "C"));
  first.reply("late");
  first.reply("next");
  assertEquals(await next, "next");
  await link.stop(0);
});

Deno.test("a refusal is told at once, and is not tried again", async () => {
  const { link, first } = await start();
  const read = link.run(command("read", "GET"));
  first.sent.shift()?.onError(new RedisCommandError("GET", "WRONGTYPE x"));
  await assertRejects(() => read, RedisCommandError, "WRONGTYPE");
  assertEquals(first.sent, []);
  await link.stop(0);
});

Deno.test("10,000 commands in flight share one timer", async () => {
  const { link, first } = await start();
  const runs = Array.from(
    { length: 10_000 },
    () => link.run(command("once", "INCR")),
  );
  for (let i = 0; i < 10_000; i++) first.reply(i);
  assertEquals((await Promise.all(runs)).at(-1), 9_999);
  // The sanitizer would find a timer that is left.
  await link.stop(0);
});

Deno.test("stop() waits for replies, and refuses what comes after", async () => {
  const { link, first } = await start();
  const run = link.run(command("once", "INCR"));
  const stopped = link.stop(60_000);
  await assertRejects(
    () => link.run(command("read", "GET")),
    NotStartedError,
  );
  first.reply(1);
  await stopped;
  assertEquals(await run, 1);
  assertEquals(first.closed, true);
});

Deno.test("stop() fails what is left, each by its kind", async () => {
  const { link } = await start();
  const runs = (["once", "safe", "read"] as const).map((kind) =>
    link.run(command(kind, "X")).catch((error: Error) => error.name)
  );
  await link.stop(0);
  assertEquals(await Promise.all(runs), [
    "OutcomeUnknownError",
    "OutcomeUnknownError",
    "RedisConnectionError",
  ]);
});

Deno.test("generation grows with every connection", async () => {
  const { server, link, first } = await start();
  const before = link.generation;
  first.lose();
  await server.next();
  assertEquals(link.generation, before + 1);
  await link.stop(0);
});
