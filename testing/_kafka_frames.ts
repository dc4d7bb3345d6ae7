// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import type { KafkaRequest } from "./proxied_request.ts";
import { type FrameScanner, FramingError } from "./_frame_reader.ts";

// Brokers refuse requests of more than 100 MiB. The first bytes of TLS, HTTP and
// RESP, read as a length, all lie above this.
const MAX_FRAME_BYTES = 256 * 1024 * 1024;

const LENGTH_BYTES = 4;
const CLIENT_ID_AT = 14;
// A client id takes 32,767 bytes at most.
const MAX_HEAD_BYTES = CLIENT_ID_AT + 32_767;

/** Scans requests. */
export function scanKafkaRequests(): FrameScanner<KafkaRequest> {
  return new KafkaFrameScanner(readRequest);
}

/** Scans replies, each known by its correlation id. */
export function scanKafkaReplies(): FrameScanner<number> {
  return new KafkaFrameScanner((start, size) => {
    if (start.length >= 8) return start.readInt32BE(4);
    return start.length >= size ? -1 : undefined;
  });
}

/** Remembers the requests of a connection that wait for their replies. */
export class KafkaLedger {
  #pending: KafkaRequest[] = [];

  sent(request: KafkaRequest): void {
    this.#pending.push(request);
  }

  answered(correlationId: number): KafkaRequest | undefined {
    const at = this.#pending.findIndex((each) =>
      each.correlationId === correlationId
    );
    if (at < 0) return undefined;
    // A broker answers in the order of the requests, so those before this one
    // will get no reply: a produce with acks=0 gets none.
    return this.#pending.splice(0, at + 1).at(-1);
  }
}

type ReadHead<H> = (start: Buffer, size: number) => H | undefined;

class KafkaFrameScanner<H> implements FrameScanner<H> {
  readonly #readHead: ReadHead<H>;
  #start = Buffer.alloc(0);
  #taken = 0;
  #size: number | undefined;
  #head: H | undefined;

  constructor(readHead: ReadHead<H>) {
    this.#readHead = readHead;
  }

  get head(): H | undefined {
    return this.#head;
  }

  get done(): boolean {
    return this.#taken === this.#size;
  }

  take(chunk: Uint8Array, from: number): number {
    if (this.#size === undefined) {
      const missing = LENGTH_BYTES - this.#taken;
      const length = chunk.subarray(from, from + missing);
      this.#start = Buffer.concat([this.#start, length]);
      this.#taken += length.length;
      if (this.#taken < LENGTH_BYTES) return chunk.length;
      this.#size = LENGTH_BYTES + readLength(this.#start);
      from += length.length;
    }
    const rest = chunk.subarray(from, from + this.#size - this.#taken);
    this.#taken += rest.length;
    if (this.#head === undefined) {
      const head = rest.subarray(0, MAX_HEAD_BYTES);
      this.#start = Buffer.concat([this.#start, head]);
      this.#head = this.#readHead(this.#start, this.#size);
    }
    return from + rest.length;
  }

  next(): void {
    this.#start = Buffer.alloc(0);
    this.#taken = 0;
    this.#size = undefined;
    this.#head = undefined;
  }
}

function readLength(start: Buffer): number {
  const length = start.readInt32BE(0);
  if (length >= 0 && length <= MAX_FRAME_BYTES) return length;
  throw new FramingError(`Length of Kafka frame is out of range: ${length}`);
}

function readRequest(start: Buffer, size: number): KafkaRequest | undefined {
  if (start.length < Math.min(size, CLIENT_ID_AT)) return undefined;
  if (size < CLIENT_ID_AT) {
    const unknown = { apiKey: -1, apiVersion: -1, correlationId: -1 };
    return { ...unknown, clientId: null, size };
  }
  const length = start.readInt16BE(CLIENT_ID_AT - 2);
  const end = CLIENT_ID_AT + length;
  if (start.length < Math.min(size, end)) return undefined;
  return {
    apiKey: start.readInt16BE(4),
    apiVersion: start.readInt16BE(6),
    correlationId: start.readInt32BE(8),
    clientId: length < 0 || end > size
      ? null
      : start.toString("utf8", CLIENT_ID_AT, end),
    size,
  };
}
