// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { FaultProxy } from "../../testing/fault_proxy.ts";
import { LoopbackServer, Peer } from "./_loopback.ts";

function command(...words: string[]): string {
  const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}

/** Answers the nth bytes that come with the nth reply. */
function respServer(...replies: string[]): Promise<LoopbackServer> {
  return LoopbackServer.listen((peer, socket) => {
    const left = [...replies];
    socket.on("data", () => peer.write(left.shift() ?? "+OK\r\n"));
    socket.on("end", () => socket.end());
  });
}

Deno.test("FaultProxy.cutReply() cuts the reply of the Redis command that matches", async () => {
  await using server = await respServer("+OK\r\n:1\r\n", "$3\r\nabc\r\n");
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  const cut = proxy.cutReply({
    afterBytes: 5,
    match: ({ name, args }) => name === "GET" && args[0] === "key",
  });
  await client.write(command("set", "key", "abc") + command("INCR", "n"));
  assertEquals(await client.read(9), "+OK\r\n:1\r\n");
  await client.write(command("get", "key"));
  assertEquals(await client.over, "end");
  assertEquals(client.received.slice(9), "$3\r\na");
  const { request, bytes } = await cut;
  assertEquals([request, bytes], [{ name: "GET", args: ["key"] }, 5]);
});

Deno.test("FaultProxy.swallowReply() silences a Redis connection, but tells of its end", async () => {
  const seen: string[] = [];
  await using server = await LoopbackServer.listen((peer, socket) => {
    socket.on("data", (bytes) => {
      seen.push(String(bytes));
      peer.write(`:${seen.length}\r\n`);
    });
    socket.on("end", () => socket.end());
  });
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  const swallowed = proxy.swallowReply({ nth: 2 });
  await client.write(command("INCR", "a"));
  assertEquals(await client.read(4), ":1\r\n");
  await client.write(command("INCR", "b"));
  assertEquals((await swallowed).request?.args, ["b"]);
  await client.write(command("INCR", "c"));
  client.end();
  assertEquals(await client.over, "end");
  assertEquals(client.received, ":1\r\n");
  assertEquals(seen.length, 3);
});

Deno.test("FaultProxy.dropRequest() keeps a Redis command from the server", async () => {
  await using server = await respServer();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  const dropped = proxy.dropRequest({ match: ({ name }) => name === "DEL" });
  await client.write(command("GET", "a") + command("DEL", "a"));
  await dropped;
  assertEquals(await client.read(5), "+OK\r\n");
  client.end();
  assertEquals(await client.over, "end");
  assertEquals((await server.peer(0)).received, command("GET", "a"));
});

Deno.test("FaultProxy tells Redis messages from replies", async () => {
  const message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n";
  const confirm = (kind: string, channel: string, count: number): string =>
    `*3\r\n$${kind.length}\r\n${kind}\r\n$1\r\n${channel}\r\n:${count}\r\n`;
  const confirmed = confirm("subscribe", "a", 1) + confirm("subscribe", "b", 2);
  const pong = "*2\r\n$4\r\npong\r\n$0\r\n\r\n";
  const gone = confirm("unsubscribe", "a", 1) + confirm("unsubscribe", "b", 0);
  await using server = await respServer(
    message + confirmed + message,
    message + pong,
    gone + "$-1\r\n",
  );
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  const cut = proxy.cutReply({ match: ({ name }) => name === "GET", nth: 2 });
  const all = message + confirmed + message + message + pong + gone + "$-1\r\n";
  await client.write(command("SUBSCRIBE", "a", "b"));
  await client.read((message + confirmed + message).length);
  await client.write(command("PING"));
  await client.read((message + pong).length);
  await client.write(command("UNSUBSCRIBE") + command("GET", "a"));
  await client.read((gone + "$-1\r\n").length);
  assertEquals(client.received, all);
  await client.write(command("GET", "b"));
  assertEquals((await cut).request, { name: "GET", args: ["b"] });
  await client.over;
});

Deno.test("FaultProxy tells RESP3 pushes from replies", async () => {
  const push = ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n";
  const confirmed = ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n";
  const list = "*1\r\n$7\r\nmessage\r\n";
  const attributed = "|1\r\n+ttl\r\n:3\r\n_\r\n";
  const nested = "%1\r\n+k\r\n*2\r\n~1\r\n#t\r\n,1.5\r\n";
  await using server = await respServer(
    confirmed + push,
    push + list,
    push + nested + push + attributed,
  );
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  const subscribed = proxy.cutReply({ nth: 5, afterBytes: 2 });
  await client.write(command("SUBSCRIBE", "a"));
  await client.read((confirmed + push).length);
  await client.write(command("LRANGE", "l", "0", "-1"));
  await client.read((push + list).length);
  await client.write(command("HGETALL", "h") + command("GET", "a"));
  await client.read((push + nested + push + attributed).length);
  await client.write(command("GET", "b"));
  assertEquals((await subscribed).request?.args, ["b"]);
  assertEquals(await client.over, "end");
  assertEquals(client.received.endsWith("_\r\n+O"), true);
});

Deno.test("FaultProxy keeps no Redis password in its events", async () => {
  await using server = await respServer();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  for (const words of [["AUTH", "s3cret"], ["HELLO", "3", "AUTH", "u", "p"]]) {
    await using client = await Peer.connect(proxy.port);
    const cut = proxy.cutReply();
    await client.write(command(...words));
    assertEquals((await cut).request, { name: words[0] ?? "", args: [] });
    await client.over;
  }
});

Deno.test("FaultProxy names a Redis command that is larger than it keeps", async () => {
  await using server = await LoopbackServer.listen();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  const cut = proxy.cutRequest({ afterBytes: 200_000 });
  const large = command("SET", "key", "x".repeat(300_000), "PX", "9");
  await client.write(large);
  const { request } = await cut;
  assertEquals(request, { name: "SET", args: ["key", "", "", ""] });
  const peer = await server.peer(0);
  await peer.over;
  assertEquals(peer.received, large.slice(0, 200_000));
});

Deno.test("FaultProxy knows Redis commands that are typed as plain lines", async () => {
  await using server = await respServer();
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  const cut = proxy.cutReply({ match: ({ name }) => name === "GET" });
  await client.write("\r\nset a 1\r\n");
  assertEquals(await client.read(5), "+OK\r\n");
  await client.write("get a\n");
  assertEquals((await cut).request, { name: "GET", args: ["a"] });
  assertEquals(await client.over, "end");
});

Deno.test("FaultProxy with RESP framing passes what is not RESP, and says so", async () => {
  await using server = await respServer("?what\r\n", "+OK\r\n");
  await using proxy = await FaultProxy.connect({
    port: server.port,
    framing: "resp",
  });
  await using client = await Peer.connect(proxy.port);
  await client.write(command("PING"));
  assertEquals(await client.read(7), "?what\r\n");
  await client.write("*1\r\n$x\r\n");
  assertEquals(await client.read(5), "+OK\r\n");
  assertEquals(proxy.events.map(({ kind }) => kind), ["unframed"]);
});
