// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { EXACT, PATTERN } from "../../redis/_channel.ts";
import { SubscriberHub } from "../../redis/_subscriber_hub.ts";
import {
  type ScriptedConnection,
  ScriptedServer,
} from "./_scripted_connection.ts";

const PING_MS = 4_000;
const GAP = { message: "", gap: { reason: "reconnected" } } as const;

/** A hub whose server is the test, in time that the test lets pass. */
class Scene implements AsyncDisposable {
  readonly time = new FakeTime();
  readonly server = new ScriptedServer();
  readonly hub = new SubscriberHub({
    address: { host: "h", port: 1, db: 0, tls: false },
    open: this.server.open,
    commandTimeoutMs: 60_000,
    subject: "test",
    clientId: "t",
    pingIntervalMs: PING_MS,
  });

  constructor() {
    this.hub.start();
  }

  /** The next connection, once it is in use. */
  async next(): Promise<ScriptedConnection> {
    const connection = this.server.next();
    await this.time.tickAsync(2_000);
    return await connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.stop();
    this.time.restore();
  }
}

function sent({ sent }: ScriptedConnection): string[] {
  return sent.map(({ name, args }) => [name, ...args].join(" "));
}

Deno.test("SubscriberHub finds a connection that went deaf within three intervals", async () => {
  await using scene = new Scene();
  const subscribing = scene.hub.subscribe(["a"], EXACT, {});
  const first = await scene.next();
  first.reply(1);
  const sub = await subscribing;
  await scene.time.tickAsync(PING_MS);
  assertEquals(sent(first), ["PING"]);
  first.reply(["pong", ""]);
  // It never says anything again.
  await scene.time.tickAsync(3 * PING_MS - 1);
  assertEquals(first.closed, false);
  await scene.time.tickAsync(1);
  assertEquals(first.closed, true);
  const second = await scene.next();
  assertEquals(sent(second), ["SUBSCRIBE a"]);
  second.reply(1);
  const { value } = await sub[Symbol.asyncIterator]().next();
  assertEquals(value, { channel: "a", ...GAP });
});

Deno.test("SubscriberHub keeps a connection as long as it says something", async () => {
  await using scene = new Scene();
  const subscribing = scene.hub.subscribe(["a"], EXACT, {});
  const connection = await scene.next();
  connection.reply(1);
  await subscribing;
  for (let i = 0; i < 10; i++) {
    await scene.time.tickAsync(PING_MS);
    // The answers stand behind messages in the server's queue.
    connection.onMessage?.("a", "m");
  }
  for (let i = 0; i < 10; i++) {
    await scene.time.tickAsync(PING_MS);
    connection.reply(["pong", ""]);
  }
  assertEquals(connection.closed, false);
});

Deno.test("SubscriberHub asks a new connection for channels and patterns", async () => {
  await using scene = new Scene();
  const subscribing = Promise.all([
    scene.hub.subscribe(["a", "b"], EXACT, {}),
    scene.hub.subscribe(["a", "b*"], PATTERN, {}),
  ]);
  const first = await scene.next();
  for (let i = 0; i < 4; i++) first.reply(1);
  const [exact, byPattern] = await subscribing;
  first.lose();
  const second = await scene.next();
  assertEquals(sent(second), [
    "SUBSCRIBE a",
    "SUBSCRIBE b",
    "PSUBSCRIBE a",
    "PSUBSCRIBE b*",
  ]);
  for (let i = 0; i < 4; i++) second.reply(1);
  await scene.time.tickAsync();
  second.onMessage?.("bc", "m", "b*");
  second.onMessage?.("b", "m");
  await scene.hub.stop();
  assertEquals(await Array.fromAsync(exact), [
    { channel: "a", ...GAP },
    { channel: "b", ...GAP },
    { channel: "b", message: "m" },
  ]);
  assertEquals(await Array.fromAsync(byPattern), [
    { channel: "a", ...GAP, pattern: "a" },
    { channel: "b*", ...GAP, pattern: "b*" },
    { channel: "bc", message: "m", pattern: "b*" },
  ]);
});

Deno.test("SubscriberHub does not judge a connection that it does not read", async () => {
  await using scene = new Scene();
  const options = { onOverflow: "block", bufferSize: 2 } as const;
  const subscribing = scene.hub.subscribe(["a"], EXACT, options);
  const connection = await scene.next();
  connection.reply(1);
  const sub = await subscribing;
  connection.onMessage?.("a", "1");
  assertEquals(connection.paused, false);
  connection.onMessage?.("a", "2");
  assertEquals(connection.paused, true);
  await scene.time.tickAsync(10 * PING_MS);
  assertEquals([connection.closed, connection.paused], [false, true]);
  const iterator = sub[Symbol.asyncIterator]();
  await iterator.next();
  assertEquals(connection.paused, false);
  await scene.time.tickAsync(PING_MS);
  assertEquals(sent(connection), ["PING"]);
});
