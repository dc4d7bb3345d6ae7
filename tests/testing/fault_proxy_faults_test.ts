// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import type { Clock } from "../../protocols.ts";
import { FaultProxy } from "../../testing/fault_proxy.ts";
import { FaultProxyError } from "../../testing/fault_proxy_error.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { LoopbackServer, Peer } from "./_loopback.ts";

/** A manual clock that tells when somebody goes to sleep. */
class WatchedClock implements Clock {
  readonly manual = new ManualClock();
  #wake: () => void = () => {};

  now(): number {
    return this.manual.now();
  }

  monotonic(): number {
    return this.manual.monotonic();
  }

  sleep(
    ms: number,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void> {
    const sleeping = this.manual.sleep(ms, options);
    this.#wake();
    return sleeping;
  }

  async sleepers(count: number): Promise<void> {
    while (this.manual.pendingSleeps < count) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

Deno.test("FaultProxy.cutReply() counts bytes across chunks without framing", async () => {
  await using server = await LoopbackServer.listen(async (peer) => {
    await peer.read(1);
    for (const part of ["ab", "cd", "ef"]) await peer.write(part);
  });
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using idle = await Peer.connect(proxy.port);
  await using client = await Peer.connect(proxy.port);
  const cut = proxy.cutReply({ afterBytes: 5 });
  await client.write("x");
  assertEquals(await client.over, "end");
  assertEquals(client.received, "abcde");
  const { bytes, connection, kind } = await cut;
  assertEquals([bytes, connection, kind], [5, 2, "cut_reply"]);
  await idle.write("x");
  assertEquals(await idle.read(6), "abcdef");
});

Deno.test("FaultProxy.cutReply() cuts where the server ends before", async () => {
  await using server = await LoopbackServer.listen(async (peer) => {
    await peer.write("abc");
    peer.end();
  });
  await using proxy = await FaultProxy.connect({ port: server.port });
  const cut = proxy.cutReply({ afterBytes: 1_000 });
  await using client = await Peer.connect(proxy.port);
  assertEquals(await client.over, "end");
  assertEquals([client.received, (await cut).bytes], ["abc", 3]);
});

Deno.test("FaultProxy.cutReply() can reset once the bytes have arrived", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  const cut = proxy.cutReply({ afterBytes: 2, reset: true });
  await client.write("abcd");
  // Node calls a reset that arrives right behind bytes an end.
  await client.over;
  assertEquals(client.received, "ab");
  assertEquals((await cut).bytes, 2);
  assertEquals(await (await server.peer(0)).over, "ECONNRESET");
});

Deno.test("FaultProxy.swallowReply() matches the bytes without framing", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  const swallowed = proxy.swallowReply({
    match: ({ bytes }) => bytes[0] === "b".charCodeAt(0),
  });
  await client.write("a");
  assertEquals(await client.read(1), "a");
  await client.write("b");
  assertEquals((await swallowed).request?.bytes.length, 1);
  assertEquals(proxy.connections, 1);
  await (await server.peer(0)).read(2);
  client.end();
  assertEquals(await client.over, "end");
  assertEquals(client.received, "a");
});

Deno.test("FaultProxy.blackhole() loses bytes and ends, and lets silent clients in", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using before = await Peer.connect(proxy.port);
  await before.write("a");
  await before.read(1);
  const lost = proxy.blackhole();
  await before.write("b");
  assertEquals((await lost).connection, 1);
  await using during = await Peer.connect(proxy.port);
  const lostToo = proxy.blackhole();
  await during.write("c");
  assertEquals((await lostToo).connection, 2);
  (await server.peer(0)).end();
  (await server.peer(1)).end();
  assertEquals(proxy.connections, 2);
  proxy.restore();
  // Only now does anybody hear that the other side is gone.
  assertEquals([await before.over, await during.over], ["end", "end"]);
  assertEquals([before.received, during.received], ["a", ""]);

  await using after = await Peer.connect(proxy.port);
  await after.write("d");
  assertEquals(await after.read(1), "d");
  assertEquals(proxy.events.map(({ kind }) => kind), [
    "blackhole",
    "blackhole",
    "restore",
  ]);
});

Deno.test("FaultProxy.blackhole() hides that the server is gone, until restore()", async () => {
  const gone = await LoopbackServer.listen();
  const { port } = gone;
  await gone[Symbol.asyncDispose]();
  await using proxy = await FaultProxy.connect({ port });
  const lost = proxy.blackhole();
  await using client = await Peer.connect(proxy.port);
  await client.write("anybody there?");
  await lost;
  assertEquals(proxy.connections, 1);
  proxy.restore();
  assertEquals(await client.over, "ECONNRESET");
});

Deno.test("FaultProxy.blackhole() in one direction leaves the other as it is", async () => {
  await using server = await LoopbackServer.listen();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  const peer = await server.peer(0);
  const lost = proxy.blackhole({ direction: "to_client" });
  await peer.write("lost");
  await lost;
  await client.write("still heard");
  assertEquals(await peer.read(11), "still heard");
  assertEquals(client.received, "");
});

Deno.test("FaultProxy.blackhole() with hold delivers what was held", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  const held = proxy.blackhole({ hold: true });
  await client.write("late");
  client.end();
  await held;
  assertEquals((await server.peer(0)).received, "");
  proxy.restore();
  assertEquals(await client.read(4), "late");
  assertEquals(await client.over, "end");
});

Deno.test("FaultProxy.blackhole() is replaced by another, and ends unstruck on restore()", async () => {
  await using proxy = await FaultProxy.connect({ port: 1 });
  const first = proxy.blackhole();
  const second = proxy.blackhole({ hold: true });
  proxy.restore();
  for (const blackhole of [first, second]) {
    const error = await assertRejects(() => blackhole, FaultProxyError);
    assertEquals(error.reason, "restored");
  }
});

Deno.test("FaultProxy delays bytes each way by its latency", async () => {
  const clock = new WatchedClock();
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    latencyMs: 100,
    clock,
  });
  await using client = await Peer.connect(proxy.port);
  await client.write("slow");
  await clock.sleepers(1);
  await clock.manual.advance(99);
  const peer = await server.peer(0);
  assertEquals(peer.received, "");
  await clock.manual.advance(1);
  assertEquals(await peer.read(4), "slow");
  await clock.sleepers(1);
  await clock.manual.advance(100);
  assertEquals(await client.read(4), "slow");

  proxy.setLatency(0);
  await client.write("fast");
  assertEquals(await client.read(4), "fast");
});

Deno.test("FaultProxy keeps the order of bytes under jitter", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    latencyMs: [0, 4],
    seed: 3,
  });
  await using client = await Peer.connect(proxy.port);
  const words = Array.from({ length: 50 }, (_, i) => `word ${i};`);
  for (const word of words) await client.write(word);
  client.end();
  assertEquals(await client.over, "end");
  assertEquals(client.received, words.join(""));
});

Deno.test("FaultProxy.chaos() strikes until restore()", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  proxy.chaos({ probability: 1, kinds: ["cut_reply", "cut_request"] });
  for (let round = 0; round < 8; round++) {
    await using client = await Peer.connect(proxy.port);
    await client.write("x".repeat(20));
    assertEquals(await client.over, "end");
  }
  assertEquals(proxy.events.length, 8);
  proxy.restore();
  await using client = await Peer.connect(proxy.port);
  await client.write("calm");
  assertEquals(await client.read(4), "calm");
});

Deno.test("FaultProxy.chaos() ends with a match that throws", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  proxy.chaos({
    probability: 1,
    match: () => {
      throw new Error("cannot match");
    },
  });
  await client.write("x");
  assertEquals(await client.read(1), "x");
  assertEquals(proxy.events.map(({ error }) => error?.message), [
    "cannot match",
  ]);
});
