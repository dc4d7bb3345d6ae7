// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { FaultProxy } from "../../testing/fault_proxy.ts";
import type { ProxyFraming } from "../../testing/proxied_request.ts";
import { makeFraming } from "../../testing/_fault_proxy_framing.ts";
import type { FrameReader } from "../../testing/_frame_reader.ts";
import { replyFrame, requestFrame } from "./_fake_kafka.ts";
import { LoopbackServer, Peer } from "./_loopback.ts";

const FRAMINGS: readonly ProxyFraming[] = ["kafka", "resp", "none"];

/** Cuts bytes at places that are given as fractions of their length. */
function cutUp(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = places.map((place) => Math.floor(place * bytes.length));
  const bounds = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  return bounds.slice(1)
    .map((to, i) => bytes.subarray(bounds[i], to))
    .filter((chunk) => chunk.length > 0);
}

/** What a reader makes of chunks: every byte, and the request of each frame. */
function readAll<R>(
  reader: FrameReader<R>,
  chunks: readonly Buffer[],
): { bytes: Buffer; requests: Array<R | undefined>; ends: number } {
  const pieces = [
    ...chunks.flatMap((chunk) => [...reader.read(chunk)]),
    ...reader.end(),
  ];
  return {
    bytes: Buffer.concat(pieces.map(({ bytes }) => bytes)),
    requests: pieces.filter(({ first }) => first).map((each) => each.request),
    ends: pieces.filter(({ last }) => last).length,
  };
}

const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  maxLength: 12,
});
const anyBytes = fc.uint8Array({ maxLength: 200 }).map((each) =>
  Buffer.from(each)
);

const kafkaRequest = fc.record({
  apiKey: fc.integer({ min: 0, max: 80 }),
  correlationId: fc.integer(),
  clientId: fc.option(fc.string({ maxLength: 20 })),
  body: fc.uint8Array({ maxLength: 60 }),
});

const { respValue } = fc.letrec<{ respValue: string }>((tie) => ({
  respValue: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("+OK\r\n", "-ERR no\r\n", ":-12\r\n", "_\r\n", "#t\r\n"),
    fc.constantFrom(",1.5\r\n", "(123\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n"),
    fc.tuple(fc.constantFrom("$", "!", "="), fc.string({ unit: "binary" }))
      .map(([marker, text]) =>
        `${marker}${Buffer.byteLength(text)}\r\n${text}\r\n`
      ),
    fc.tuple(fc.constantFrom("*", "~"), fc.array(tie("respValue")))
      .map(([marker, each]) => `${marker}${each.length}\r\n${each.join("")}`),
    fc.array(fc.tuple(tie("respValue"), tie("respValue")))
      .map((each) => `%${each.length}\r\n${each.flat().join("")}`),
  ),
}));

const respCommand = fc.tuple(
  fc.stringMatching(/^[A-Z]{1,9}$/).filter((name) =>
    !/SUBSCRIBE|AUTH|HELLO/.test(name)
  ),
  fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }),
);

function respWire(words: readonly string[]): string {
  const each = words.map((word) =>
    `$${Buffer.byteLength(word)}\r\n${word}\r\n`
  );
  return `*${words.length}\r\n${each.join("")}`;
}

Deno.test("makeFraming() finds Kafka frames whatever the chunks", () => {
  fc.assert(
    fc.property(
      fc.array(kafkaRequest),
      places,
      places,
      (sent, cuts, others) => {
        const framing = makeFraming("kafka", () => {
          throw new Error("unframed");
        });
        const bytes = Buffer.concat(sent.map(requestFrame));
        const read = readAll(framing.requests, cutUp(bytes, cuts));
        assertEquals(read.bytes.equals(bytes), true);
        assertEquals(read.ends, sent.length);
        assertEquals(
          read.requests.map((each) => ({
            apiKey: each?.apiKey,
            correlationId: each?.correlationId,
            clientId: each?.clientId,
          })),
          sent.map(({ body: _body, ...head }) => head),
        );
        for (const each of read.requests) if (each) framing.sent(each);
        const answer = Buffer.concat(
          sent.map((each) => replyFrame(each.correlationId, each.apiKey)),
        );
        const replies = readAll(framing.replies, cutUp(answer, others));
        assertEquals(replies.bytes.equals(answer), true);
        assertEquals(replies.ends, sent.length);
      },
    ),
  );
});

Deno.test("makeFraming() finds RESP commands and replies whatever the chunks", () => {
  const exchange = fc.array(fc.tuple(respCommand, respValue));
  fc.assert(
    fc.property(exchange, places, places, (calls, cuts, others) => {
      const framing = makeFraming("resp", () => {
        throw new Error("unframed");
      });
      const bytes = Buffer.from(
        calls.map(([[name, args]]) => respWire([name, ...args])).join(""),
      );
      const read = readAll(framing.requests, cutUp(bytes, cuts));
      assertEquals(read.bytes.equals(bytes), true);
      const expected = calls.map(([[name, args]]) => ({ name, args }));
      assertEquals(read.requests, expected);
      for (const each of read.requests) if (each) framing.sent(each);
      const answer = Buffer.from(calls.map(([, reply]) => reply).join(""));
      const replies = readAll(framing.replies, cutUp(answer, others));
      assertEquals(replies.bytes.equals(answer), true);
      assertEquals(replies.requests, expected);
    }),
  );
});

Deno.test("makeFraming() loses no byte of what is not of the protocol", () => {
  const framings = fc.constantFrom(...FRAMINGS);
  fc.assert(
    fc.property(framings, anyBytes, places, (name, bytes, cuts) => {
      const framing = makeFraming(name, () => {});
      for (const reader of [framing.requests, framing.replies]) {
        const read = readAll(reader, cutUp(bytes, cuts));
        assertEquals(read.bytes.equals(bytes), true);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("FaultProxy without faults changes no byte, whatever the chunks", async () => {
  const kafka = fc.array(kafkaRequest).map((each) =>
    Buffer.concat(each.map(requestFrame))
  );
  const resp = fc.array(respValue).map((each) => Buffer.from(each.join("")));
  const traffic = fc.oneof(anyBytes, kafka, resp);
  const framings = fc.constantFrom(...FRAMINGS);
  await fc.assert(
    fc.asyncProperty(
      framings,
      traffic,
      traffic,
      places,
      async (framing, up, down, cuts) => {
        await using server = await LoopbackServer.listen();
        await using proxy = await FaultProxy.connect({
          port: server.port,
          framing,
        });
        await using client = await Peer.connect(proxy.port);
        const peer = await server.peer(0);
        await Promise.all([
          ...cutUp(up, cuts).map((chunk) => client.write(chunk)),
          ...cutUp(down, cuts).map((chunk) => peer.write(chunk)),
        ]);
        peer.end();
        assertEquals(await client.over, "end");
        client.end();
        assertEquals(await peer.over, "end");
        assertEquals(client.received, down.toString("latin1"));
        assertEquals(peer.received, up.toString("latin1"));
      },
    ),
    { numRuns: 60 },
  );
});
