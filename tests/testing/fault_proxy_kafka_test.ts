// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { FaultProxy } from "../../testing/fault_proxy.ts";
import {
  fakeKafka,
  readReply,
  REPLY_BYTES,
  replyFrame,
  requestFrame,
} from "./_fake_kafka.ts";
import { LoopbackServer, Peer } from "./_loopback.ts";

const PRODUCE = 0;
const METADATA = 3;

Deno.test("FaultProxy.swallowReply() loses the reply of one Kafka request only", async () => {
  const acted: number[] = [];
  await using server = await fakeKafka((_apiKey, id) => acted.push(id));
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  const swallowed = proxy.swallowReply({
    match: ({ apiKey }) => apiKey === PRODUCE,
  });
  await client.write(Buffer.concat([
    requestFrame({ apiKey: METADATA, correlationId: 1 }),
    requestFrame({ apiKey: PRODUCE, correlationId: 2 }),
    requestFrame({ apiKey: PRODUCE, correlationId: 3 }),
  ]));
  const event = await swallowed;
  assertEquals([event.kind, event.connection], ["swallow_reply", 1]);
  assertEquals(event.request, {
    apiKey: PRODUCE,
    apiVersion: 7,
    correlationId: 2,
    clientId: "tests",
    size: 19,
  });
  assertEquals([await readReply(client), await readReply(client)], [1, 3]);
  assertEquals(acted, [1, 2, 3]);
  assertEquals(proxy.events, [event]);
});

Deno.test("FaultProxy.dropRequest() keeps the nth Kafka request from the server", async () => {
  const acted: number[] = [];
  await using server = await fakeKafka((_apiKey, id) => acted.push(id));
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  const dropped = proxy.dropRequest({ nth: 2 });
  for (const correlationId of [1, 2, 3]) {
    await client.write(requestFrame({ apiKey: PRODUCE, correlationId }));
  }
  assertEquals([await readReply(client), await readReply(client)], [1, 3]);
  assertEquals((await dropped).request?.correlationId, 2);
  assertEquals(acted, [1, 3]);
});

Deno.test("FaultProxy.cutReply() cuts a Kafka reply after the server acted", async () => {
  for (const afterBytes of [0, 5, REPLY_BYTES, 1_000]) {
    const acted: number[] = [];
    await using server = await fakeKafka((_apiKey, id) => acted.push(id));
    await using proxy = await FaultProxy.connect({
      port: server.port,
      framing: "kafka",
    });
    await using client = await Peer.connect(proxy.port);
    const cut = proxy.cutReply({
      afterBytes,
      match: ({ correlationId }) => correlationId === 2,
    });
    await client.write(Buffer.concat([
      requestFrame({ apiKey: PRODUCE, correlationId: 1 }),
      requestFrame({ apiKey: PRODUCE, correlationId: 2 }),
    ]));
    assertEquals(await client.over, "end");
    const passed = Math.min(afterBytes, REPLY_BYTES);
    const bytes = Buffer.concat([
      replyFrame(1, PRODUCE),
      replyFrame(2, PRODUCE).subarray(0, passed),
    ]);
    assertEquals(client.received, bytes.toString("latin1"));
    assertEquals((await cut).bytes, passed);
    assertEquals(acted, [1, 2]);
  }
});

Deno.test("FaultProxy.cutRequest() cuts a Kafka request before the server has it", async () => {
  const frame = requestFrame({ apiKey: PRODUCE, correlationId: 1 });
  await using server = await LoopbackServer.listen();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  const cut = proxy.cutRequest({ afterBytes: 6, reset: true });
  await client.write(frame);
  assertEquals((await cut).bytes, 6);
  assertEquals(await client.over, "ECONNRESET");
  const peer = await server.peer(0);
  await peer.over;
  assertEquals(peer.received, frame.toString("latin1", 0, 6));
});

Deno.test("FaultProxy.swallowReply() strikes in the order of the calls", async () => {
  await using server = await fakeKafka();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  const faults = [
    proxy.swallowReply(),
    proxy.swallowReply(),
    proxy.swallowReply({ nth: 2 }),
  ];
  for (let correlationId = 1; correlationId <= 5; correlationId++) {
    await client.write(requestFrame({ apiKey: PRODUCE, correlationId }));
  }
  const struck = await Promise.all(faults);
  assertEquals(struck.map(({ request }) => request?.correlationId), [1, 2, 4]);
  assertEquals([await readReply(client), await readReply(client)], [3, 5]);
});

Deno.test("FaultProxy.swallowReply() is withdrawn by its signal, or by a match that throws", async () => {
  await using server = await fakeKafka();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  const controller = new AbortController();
  const withdrawn = proxy.swallowReply({ signal: controller.signal });
  controller.abort(new Error("changed my mind"));
  await assertRejects(() => withdrawn, Error, "changed my mind");
  const wrong = proxy.swallowReply({
    match: () => {
      throw new Error("cannot match");
    },
  });
  await client.write(requestFrame({ apiKey: PRODUCE, correlationId: 1 }));
  assertEquals(await readReply(client), 1);
  await assertRejects(() => wrong, Error, "cannot match");
});

Deno.test("FaultProxy ties a Kafka reply to its request across those that get none", async () => {
  await using server = await LoopbackServer.listen((peer) => {
    peer.write(replyFrame(9, METADATA));
    peer.read(2 * 19).then(() => peer.write(replyFrame(2, METADATA)));
  });
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  // A reply that nobody asked for strikes nobody.
  const cut = proxy.cutReply({ afterBytes: REPLY_BYTES });
  assertEquals(await readReply(client), 9);
  await client.write(requestFrame({ apiKey: PRODUCE, correlationId: 1 }));
  await client.write(requestFrame({ apiKey: METADATA, correlationId: 2 }));
  assertEquals(await readReply(client), 2);
  assertEquals((await cut).request?.correlationId, 2);
});

Deno.test("FaultProxy.blackhole() loses whole Kafka frames, and restore() lets the next pass", async () => {
  const acted: number[] = [];
  await using server = await fakeKafka((_apiKey, id) => acted.push(id));
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  for (const direction of ["to_server", "to_client", "both"] as const) {
    const correlationId = { to_server: 1, to_client: 2, both: 3 }[direction];
    const lost = proxy.blackhole({ direction });
    await client.write(requestFrame({ apiKey: PRODUCE, correlationId }));
    assertEquals((await lost).kind, "blackhole");
    proxy.restore();
  }
  await client.write(requestFrame({ apiKey: PRODUCE, correlationId: 4 }));
  assertEquals(await readReply(client), 4);
  assertEquals(acted, [2, 4]);
});

Deno.test("FaultProxy.chaos() strikes the same for the same seed and traffic", async () => {
  const run = async (seed: number): Promise<readonly number[]> => {
    const acted: number[] = [];
    await using server = await fakeKafka((_apiKey, id) => acted.push(id));
    await using proxy = await FaultProxy.connect({
      port: server.port,
      framing: "kafka",
      seed,
    });
    await using client = await Peer.connect(proxy.port);
    proxy.chaos({
      probability: 0.5,
      kinds: ["drop_request"],
      match: ({ apiKey }) => apiKey === PRODUCE,
    });
    for (let correlationId = 0; correlationId < 40; correlationId++) {
      const apiKey = correlationId % 4 === 0 ? METADATA : PRODUCE;
      await client.write(requestFrame({ apiKey, correlationId }));
    }
    client.end();
    await client.over;
    assertEquals(acted.length + proxy.events.length, 40);
    assertEquals(acted.filter((id) => id % 4 === 0).length, 10);
    return acted;
  };
  const first = await run(7);
  assertEquals(await run(7), first);
  assertEquals(await run(8) === first, false);
});

Deno.test("FaultProxy with Kafka framing passes what is not Kafka, and says so", async () => {
  await using server = await LoopbackServer.echo();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "kafka",
  });
  await using client = await Peer.connect(proxy.port);
  const hello = "GET / HTTP/1.1\r\n\r\n";
  await client.write(hello);
  assertEquals(await client.read(hello.length), hello);
  assertEquals(proxy.events.map(({ kind }) => kind), ["unframed"]);
});
