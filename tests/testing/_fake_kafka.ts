// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import { LoopbackServer, type Peer } from "./_loopback.ts";

/** A request as a client would send it. */
export interface FakeRequest {
  readonly apiKey: number;
  readonly correlationId: number;
  readonly clientId?: string | null;
  readonly body?: Uint8Array;
}

/** Bytes of a reply that {@linkcode fakeKafka} sends. */
export const REPLY_BYTES = 12;

/** A request on the wire. */
export function requestFrame(request: FakeRequest): Buffer {
  const { apiKey, correlationId, clientId = "tests", body = [] } = request;
  const name = Buffer.from(clientId ?? "");
  const head = Buffer.alloc(14);
  head.writeInt32BE(10 + name.length + body.length, 0);
  head.writeInt16BE(apiKey, 4);
  head.writeInt16BE(7, 6);
  head.writeInt32BE(correlationId, 8);
  head.writeInt16BE(clientId === null ? -1 : name.length, 12);
  return Buffer.concat([head, name, Buffer.from(body)]);
}

/** A reply on the wire: what was asked for, and by which id. */
export function replyFrame(correlationId: number, apiKey: number): Buffer {
  const frame = Buffer.alloc(REPLY_BYTES);
  frame.writeInt32BE(8, 0);
  frame.writeInt32BE(correlationId, 4);
  frame.writeInt32BE(apiKey, 8);
  return frame;
}

/** A server that answers each request, but those that produce with acks=0. */
export async function fakeKafka(
  onRequest: (apiKey: number, correlationId: number) => void = () => {},
): Promise<LoopbackServer> {
  return await LoopbackServer.listen((_peer, socket) => {
    let pending = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      while (pending.length >= 4) {
        const size = 4 + pending.readInt32BE(0);
        if (pending.length < size) return;
        const apiKey = pending.readInt16BE(4);
        const correlationId = pending.readInt32BE(8);
        pending = pending.subarray(size);
        onRequest(apiKey, correlationId);
        socket.write(replyFrame(correlationId, apiKey));
      }
    });
    socket.on("end", () => socket.end());
  });
}

/** Reads a reply, and answers its correlation id. */
export async function readReply(client: Peer): Promise<number> {
  const frame = Buffer.from(await client.read(REPLY_BYTES), "latin1");
  return frame.readInt32BE(4);
}
