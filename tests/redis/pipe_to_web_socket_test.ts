// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  pipeToWebSocket,
  SocketStalledError,
  SubscriptionOverflowError,
  type WebSocketLike,
} from "../../redis/mod.ts";
import { MemoryPubSub } from "../../testing/memory_pubsub.ts";

/** A socket whose other end is the test. */
class FakeSocket extends EventTarget implements WebSocketLike {
  readonly sent: string[] = [];
  closedWith: [code: unknown, reason: unknown] | null = null;
  readyState = 1;
  bufferedAmount = 0;
  #onSend = () => {};

  send(text: string): void {
    this.sent.push(text);
    this.#onSend();
  }

  close(code?: number, reason?: string): void {
    if (this.readyState > 1) return;
    this.closedWith = [code, reason];
    this.leave();
  }

  /** The other end opens the connection. */
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  /** The other end is gone. */
  leave(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }

  /** Resolves once this many texts were sent. */
  async untilSent(count: number): Promise<void> {
    while (this.sent.length < count) {
      await new Promise<void>((resolve) => this.#onSend = resolve);
    }
  }
}

Deno.test("pipeToWebSocket() sends messages until the subscription ends", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const socket = new FakeSocket();
  const piped = pipeToWebSocket(await pubsub.subscribe("a"), socket);
  await pubsub.publish("a", "1");
  await pubsub.publish("a", "");
  await pubsub.stop();
  await piped;
  assertEquals(socket.sent, ["1", ""]);
  assertEquals(socket.closedWith, [1000, "no more messages"]);
});

Deno.test("pipeToWebSocket() waits for a socket that connects", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const socket = new FakeSocket();
  socket.readyState = 0;
  const piped = pipeToWebSocket(await pubsub.subscribe("a"), socket);
  await pubsub.publish("a", "1");
  assertEquals(socket.sent, []);
  socket.open();
  await socket.untilSent(1);
  socket.leave();
  await piped;
});

Deno.test("pipeToWebSocket() ends the subscription when the socket closes", async () => {
  await using pubsub = await MemoryPubSub.connect();
  for (const readyState of [0, 1]) {
    const socket = new FakeSocket();
    socket.readyState = readyState;
    const piped = pipeToWebSocket(await pubsub.subscribe("a"), socket);
    socket.leave();
    await piped;
    assertEquals(await pubsub.publish("a", "1"), 0);
    assertEquals([socket.sent, socket.closedWith], [[], null]);
  }
});

Deno.test("pipeToWebSocket() ends with the signal", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const abort = new AbortController();
  const { signal } = abort;
  const sockets = [new FakeSocket(), new FakeSocket()];
  for (const socket of sockets) {
    const sub = await pubsub.subscribe("a");
    const piped = pipeToWebSocket(sub, socket, { signal });
    abort.abort();
    await piped;
    assertEquals(socket.closedWith, [1000, "no more messages"]);
  }
  assertEquals(await pubsub.publish("a", "1"), 0);
});

Deno.test("pipeToWebSocket() tells the page of a gap, or closes", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const policies = [
    undefined,
    "close",
    ({ channel }: { channel: string }) => `gap in ${channel}`,
    () => null,
  ] as const;
  const sockets = policies.map(() => new FakeSocket());
  const subs = await Promise.all(policies.map(() => pubsub.subscribe("a")));
  const piped = subs.map((sub, i) => {
    const [onGap, socket] = [policies[i], sockets[i] as FakeSocket];
    return pipeToWebSocket(sub, socket, onGap === undefined ? {} : { onGap });
  });
  pubsub.simulateOutage();
  await sockets[0]?.untilSent(1);
  await pubsub.publish("a", "1");
  await pubsub.stop();
  await Promise.all(piped);
  assertEquals(sockets.map(({ sent }) => sent), [
    ['{"event": "gap", "data": {"reason": "reconnected"}}', "1"],
    [],
    ["gap in a", "1"],
    ["1"],
  ]);
  assertEquals(sockets[1]?.closedWith, [4000, "messages were missed"]);
});

Deno.test("pipeToWebSocket() reads no more than a slow page takes", async () => {
  using time = new FakeTime();
  await using pubsub = await MemoryPubSub.connect();
  const socket = new FakeSocket();
  const sub = await pubsub.subscribe("a", { bufferSize: 1 });
  const piped = pipeToWebSocket(sub, socket, { highWaterMark: 100 });
  socket.bufferedAmount = 101;
  await pubsub.publish("a", "1");
  await time.tickAsync();
  for (const text of ["2", "3", "4"]) await pubsub.publish("a", text);
  await time.tickAsync(20_000);
  assertEquals([socket.sent, sub.dropped], [["1"], 2]);
  socket.bufferedAmount = 100;
  await time.tickAsync(500);
  await time.tickAsync();
  await time.tickAsync();
  assertEquals(socket.sent.slice(1), [
    '{"event": "gap", "data": {"reason": "overflow", "dropped": 2}}',
    "4",
  ]);
  socket.leave();
  await piped;
});

Deno.test("pipeToWebSocket() closes a page that takes nothing", async () => {
  using time = new FakeTime();
  await using pubsub = await MemoryPubSub.connect();
  const socket = new FakeSocket();
  const piped = pipeToWebSocket(await pubsub.subscribe("a"), socket, {
    highWaterMark: 1,
    stallTimeoutMs: 1_000,
  });
  const failed = assertRejects(() => piped, SocketStalledError, "5000 bytes");
  socket.bufferedAmount = 5_000;
  await pubsub.publish("a", "1");
  for (let i = 0; i < 10; i++) await time.tickAsync(500);
  await failed;
  assertEquals(socket.closedWith, [4008, "reads too slowly"]);
  assertEquals(await pubsub.publish("a", "2"), 0);
});

Deno.test("pipeToWebSocket() rejects with what the subscription fails with", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a", {
    bufferSize: 1,
    onOverflow: "close",
  });
  await pubsub.publish("a", "1");
  await pubsub.publish("a", "2");
  const socket = new FakeSocket();
  await assertRejects(
    () => pipeToWebSocket(sub, socket),
    SubscriptionOverflowError,
  );
  assertEquals(socket.sent, ["1"]);
  assertEquals(socket.closedWith, [4011, "no message can be sent"]);
});

Deno.test("pipeToWebSocket() checks its options", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a");
  const socket = new FakeSocket();
  for (const options of [{ highWaterMark: 0 }, { stallTimeoutMs: -1 }]) {
    await assertRejects(
      () => pipeToWebSocket(sub, socket, options),
      RangeError,
    );
  }
  const onGap = "die" as unknown as "close";
  await assertRejects(
    () => pipeToWebSocket(sub, socket, { onGap }),
    TypeError,
    '"onGap"',
  );
});

/** As Bun has it: no events, and an answer to each text. */
class BunSocket {
  readonly sent: string[] = [];
  readonly closed: unknown[][] = [];
  readyState = 1;
  isFull = false;

  getBufferedAmount(): number {
    return this.isFull ? 17_000_000 : 0;
  }

  send(text: string): number {
    if (this.isFull) return 0;
    this.sent.push(text);
    return text.length;
  }

  close(...reason: unknown[]): void {
    this.readyState = 3;
    this.closed.push(reason);
  }
}

Deno.test("pipeToWebSocket() takes a socket of Bun, which has no events", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const socket = new BunSocket();
  const gone = new AbortController();
  const sub = await pubsub.subscribe("a");
  const piped = pipeToWebSocket(sub, socket, { signal: gone.signal });
  await pubsub.publish("a", "1");
  await pubsub.publish("a", "");
  await pubsub.publish("a", "2");
  while (socket.sent.length < 3) await Promise.resolve();
  socket.readyState = 3;
  gone.abort();
  await piped;
  assertEquals(socket.sent, ["1", "", "2"]);
  assertEquals(await pubsub.publish("a", "3"), 0);
});

Deno.test("pipeToWebSocket() fails where a socket of Bun has dropped a text", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const socket = new BunSocket();
  socket.isFull = true;
  const piped = pipeToWebSocket(await pubsub.subscribe("a"), socket);
  await pubsub.publish("a", "1");
  const error = await assertRejects(() => piped, SocketStalledError);
  assertEquals(error.bufferedAmount, 17_000_000);
  assertEquals(socket.closed, [[4008, "reads too slowly"]]);
});

Deno.test("pipeToWebSocket() ends at once on a socket that has closed before", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const socket = new FakeSocket();
  socket.leave();
  await pipeToWebSocket(await pubsub.subscribe("a"), socket);
  assertEquals(await pubsub.publish("a", "1"), 0);
  assertEquals(socket.sent, []);
});

Deno.test("pipeToWebSocket() leaves nothing open where its options are wrong", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const socket = new FakeSocket();
  const sub = await pubsub.subscribe("a");
  await assertRejects(
    () => pipeToWebSocket(sub, socket, { highWaterMark: 0 }),
    RangeError,
  );
  assertEquals(await pubsub.publish("a", "1"), 0);
  assertEquals(socket.closedWith?.[0], 4011);
});
