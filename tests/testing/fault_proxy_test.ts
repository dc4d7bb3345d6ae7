// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect } from "node:net";
import { FaultProxy } from "../../testing/fault_proxy.ts";
import { FaultProxyError } from "../../testing/fault_proxy_error.ts";
import type { FaultProxyOptions } from "../../testing/fault_proxy_options.ts";
import { LoopbackServer, Peer } from "./_loopback.ts";

async function connectCode(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const [error] = await once(socket, "error");
  return error.code;
}

Deno.test("FaultProxy without faults passes bytes both ways", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  await client.write("hello");
  assertEquals(await client.read(5), "hello");
  assertEquals([proxy.connections, proxy.events], [1, []]);
});

Deno.test("FaultProxy passes the end of one direction and leaves the other open", async () => {
  await using server = await LoopbackServer.listen();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  const peer = await server.peer(0);
  client.end();
  assertEquals(await peer.over, "end");
  await peer.write("late answer");
  assertEquals(await client.read(11), "late answer");
  peer.end();
  assertEquals(await client.over, "end");
});

Deno.test("FaultProxy passes a reset to the other side", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  await client.write("x");
  await client.read(1);
  (await server.peer(0)).reset();
  assertEquals(await client.over, "ECONNRESET");
  assertEquals(proxy.events.map(({ kind }) => kind), ["error"]);

  await using other = await Peer.connect(proxy.port);
  await other.write("x");
  await other.read(1);
  other.reset();
  assertEquals(await (await server.peer(1)).over, "ECONNRESET");
});

Deno.test("FaultProxy resets a client whose server is not there", async () => {
  const gone = await LoopbackServer.listen();
  const { port } = gone;
  await gone[Symbol.asyncDispose]();
  await using proxy = await FaultProxy.connect({ port });
  await using client = await Peer.connect(proxy.port);
  assertEquals(await client.over, "ECONNRESET");
  const [event] = proxy.events;
  assertEquals([event?.kind, event?.connection], ["error", 1]);
  assertEquals((event?.error as { code?: string }).code, "ECONNREFUSED");
});

Deno.test("FaultProxy holds a big transfer back until the client reads it", async () => {
  const part = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => i * 7));
  const parts = 64;
  const sent: number[] = [];
  await using server = await LoopbackServer.listen(async (peer) => {
    const id = sent.push(0) - 1;
    for (let i = 0; i < parts; i++) {
      await peer.write(part);
      sent[id] = i + 1;
    }
    peer.end();
  });
  await using proxy = await FaultProxy.connect({ port: server.port });
  const slow = connect(proxy.port, "127.0.0.1");
  await server.peer(0);
  const quick = connect(proxy.port, "127.0.0.1");
  for (const socket of [quick, slow]) {
    let received = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length;) {
        const from = (received + at) % part.length;
        const same = chunk.subarray(at, at + part.length - from);
        assertEquals(
          part.compare(same, 0, same.length, from, from + same.length),
          0,
        );
        at += same.length;
      }
      received += chunk.length;
      assert(socket === slow || sent[0]! < parts, "the slow one is not read");
    }
    assertEquals(received, parts * part.length);
  }
  assertEquals(sent, [parts, parts]);
});

Deno.test("FaultProxy.start() and stop() are idempotent, and keep the port", async () => {
  await using server = await LoopbackServer.echo();
  const proxy = new FaultProxy({ port: server.port });
  await proxy.stop();
  await Promise.all([proxy.start(), proxy.start()]);
  const { port } = proxy;
  await using client = await Peer.connect(port);
  await client.write("x");
  await client.read(1);
  await Promise.all([proxy.stop(), proxy.stop()]);
  await client.over;
  assertEquals(proxy.connections, 0);
  assertEquals(await connectCode(port), "ECONNREFUSED");

  const restarted = [proxy.start(), proxy.stop(), proxy.start()];
  await Promise.all(restarted);
  assertEquals(proxy.port, port);
  await using again = await Peer.connect(port);
  await again.write("y");
  assertEquals(await again.read(1), "y");
  await proxy[Symbol.asyncDispose]();
});

Deno.test("FaultProxy.start() fails on a taken port, and can be tried again", async () => {
  const taken = await LoopbackServer.listen();
  const proxy = new FaultProxy({ port: 1, listenPort: taken.port });
  const error = await assertRejects(() => proxy.start(), Error);
  assertEquals((error as { code?: string }).code, "EADDRINUSE");
  await taken[Symbol.asyncDispose]();
  await proxy.start();
  await proxy.stop();
});

Deno.test("FaultProxy refuses to be used before start() and after stop()", async () => {
  const proxy = new FaultProxy({ port: 1 });
  for (let round = 0; round < 2; round++) {
    assertThrows(() => proxy.port, FaultProxyError, "not started");
    assertThrows(() => proxy.restore(), FaultProxyError);
    assertThrows(() => proxy.chaos({ probability: 1 }), FaultProxyError);
    for (
      const use of [
        () => proxy.dropRequest(),
        () => proxy.cutRequest(),
        () => proxy.swallowReply(),
        () => proxy.cutReply(),
        () => proxy.blackhole(),
        () => proxy.closeAll(),
        () => proxy.refuse(),
        () => proxy.accept(),
      ]
    ) {
      const error = await assertRejects<FaultProxyError>(use, FaultProxyError);
      assertEquals(error.reason, "not_started");
    }
    await proxy.start();
    await proxy.stop();
  }
});

Deno.test("FaultProxy.stop() rejects the faults that have not struck", async () => {
  const proxy = await FaultProxy.connect({ port: 1 });
  const waiting = [proxy.swallowReply(), proxy.blackhole()];
  await proxy.stop();
  for (const fault of waiting) {
    const error = await assertRejects(() => fault, FaultProxyError);
    assertEquals(error.reason, "stopped");
  }
});

Deno.test("FaultProxy refuses options that make no sense", async () => {
  const wrong: Partial<FaultProxyOptions<"none">>[] = [
    { port: 0 },
    { port: 65_536 },
    { port: 1.5 },
    { listenPort: -1 },
    { latencyMs: -1 },
    { latencyMs: [2, 1] },
    { latencyMs: Infinity },
    { seed: NaN },
    { framing: "http" as "none" },
  ];
  for (const options of wrong) {
    assertThrows(() => new FaultProxy({ port: 1, ...options }), RangeError);
  }
  await using proxy = await FaultProxy.connect({ port: 1 });
  const uses = [
    () => proxy.swallowReply({ nth: 0 }),
    () => proxy.cutReply({ afterBytes: -1 }),
    () => proxy.blackhole({ direction: "up" as "both" }),
  ];
  for (const use of uses) await assertRejects(use, RangeError);
  assertThrows(() => proxy.setLatency([-1, 1]), RangeError);
  assertThrows(() => proxy.retarget(0), RangeError);
  assertThrows(() => proxy.chaos({ probability: 2 }), RangeError);
  assertThrows(() => proxy.chaos({ probability: 1, kinds: [] }), RangeError);
});

Deno.test("FaultProxy.refuse() refuses clients until accept(), and keeps those it has", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  await using client = await Peer.connect(proxy.port);
  await proxy.refuse();
  await proxy.refuse();
  assertEquals(await connectCode(proxy.port), "ECONNREFUSED");
  await client.write("still here");
  assertEquals(await client.read(10), "still here");
  await Promise.all([proxy.accept(), proxy.accept()]);
  await using other = await Peer.connect(proxy.port);
  await other.write("back");
  assertEquals(await other.read(4), "back");
  assertEquals(proxy.events.map(({ kind }) => kind), ["refuse", "accept"]);
});

Deno.test("FaultProxy.closeAll() ends or resets every connection", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({ port: server.port });
  for (const [reset, over] of [[false, "end"], [true, "ECONNRESET"]] as const) {
    await using a = await Peer.connect(proxy.port);
    await using b = await Peer.connect(proxy.port);
    for (const client of [a, b]) {
      await client.write("x");
      await client.read(1);
    }
    await proxy.closeAll({ reset });
    assertEquals(proxy.connections, 0);
    assertEquals([await a.over, await b.over], [over, over]);
  }
  assertEquals(
    proxy.events.map(({ kind, connection }) => [kind, connection]),
    [["close", 1], ["close", 2], ["close", 3], ["close", 4]],
  );
});

Deno.test("FaultProxy.retarget() leads new connections elsewhere", async () => {
  await using before = await LoopbackServer.listen((peer) => peer.write("1"));
  await using after = await LoopbackServer.listen((peer) => peer.write("2"));
  await using proxy = await FaultProxy.connect({ port: before.port });
  await using first = await Peer.connect(proxy.port);
  assertEquals(await first.read(1), "1");
  proxy.retarget(after.port);
  await using second = await Peer.connect(proxy.port);
  assertEquals(await second.read(1), "2");
  assertEquals([proxy.connections, proxy.accepted], [2, 2]);
  await proxy.closeAll();
  assertEquals([proxy.connections, proxy.accepted], [0, 2]);
});
