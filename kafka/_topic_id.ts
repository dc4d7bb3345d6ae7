// Copyright 2026 the HuleEdu authors. MIT license.

// Asks for the id of a topic, which one that is created anew does not share: a
// Metadata request, version 10, and as much of its response as it takes.
// Formats: "Metadata API" in the protocol guide of Apache Kafka.

import { Buffer } from "node:buffer";

import type { Broker } from "./_kafkajs.ts";

const METADATA_API_KEY = 3;
const METADATA_API_VERSION = 10;
const ID_BYTES = 16;

/** What a broker says of a topic. */
interface FoundTopic {
  readonly id: string | undefined;
}

/** The id of a topic, or `undefined` when the broker knows none. */
export async function askTopicId(
  broker: Broker,
  topic: string,
): Promise<string | undefined> {
  const { maxVersion = 0 } = broker.versions?.[METADATA_API_KEY] ?? {};
  // A broker hangs up on whoever asks for more than it knows.
  if (maxVersion < METADATA_API_VERSION) return undefined;
  const { id } = await broker.connectionPool.send<FoundTopic>({
    request: {
      apiKey: METADATA_API_KEY,
      apiVersion: METADATA_API_VERSION,
      apiName: "Metadata",
      encode: () => {
        const buffer = encodeTopicIdRequest(topic);
        return Promise.resolve({ buf: buffer, buffer });
      },
    },
    response: {
      decode: (payload) => Promise.resolve(decodeTopicId(payload as Buffer)),
      parse: (decoded) => Promise.resolve(decoded),
    },
  });
  return id;
}

/** The end of the request's header, which kafkajs writes without, and the body. */
export function encodeTopicIdRequest(topic: string): Buffer {
  const name = Buffer.from(topic);
  const length = name.length + 1;
  return Buffer.concat([
    Buffer.of(0), // no tags
    Buffer.of(2), // one topic
    Buffer.alloc(ID_BYTES), // by its name
    length < 128
      ? Buffer.of(length)
      : Buffer.of(length & 127 | 128, length >> 7),
    name,
    Buffer.of(0), // no tags
    Buffer.of(0, 0, 0), // create none, and say nothing of permissions
    Buffer.of(0), // no tags
  ]);
}

/** Reads the id of the first topic in the response. */
export function decodeTopicId(bytes: Buffer): FoundTopic {
  const reader = new CompactReader(bytes);
  reader.skipTags(); // of the header
  reader.skip(4); // throttle time
  for (let brokers = reader.length(); brokers > 0; brokers--) {
    reader.skip(4); // node
    reader.skip(reader.length()); // host
    reader.skip(4); // port
    reader.skip(reader.length()); // rack
    reader.skipTags();
  }
  reader.skip(reader.length()); // cluster
  reader.skip(4); // controller
  if (reader.length() === 0) return { id: undefined };
  const errorCode = bytes.readInt16BE(reader.skip(2));
  reader.skip(reader.length()); // name
  const start = reader.skip(ID_BYTES);
  const id = bytes.toString("hex", start, start + ID_BYTES);
  return { id: errorCode === 0 && /[^0]/.test(id) ? id : undefined };
}

/** Finds its way in a message with compact lengths and tags. */
class CompactReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Goes on behind some bytes. Returns where these are. */
  skip(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return at;
  }

  /** The length of an array or a text; 0 for none. */
  length(): number {
    return Math.max(0, this.#varint() - 1);
  }

  skipTags(): void {
    for (let tags = this.#varint(); tags > 0; tags--) {
      this.#varint();
      this.skip(this.#varint());
    }
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = this.#bytes.readUInt8(this.skip(1));
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
