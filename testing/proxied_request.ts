// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * How a {@linkcode FaultProxy} tells where a request and its reply begin and
 * end.
 *
 * - `"kafka"`: length-prefixed frames; a correlation id ties a reply to its
 *   request
 * - `"resp"`: Redis commands and replies, RESP2 and RESP3; their order ties
 *   them together. `MONITOR` and `CLIENT REPLY` are not followed
 * - `"none"`: any protocol; whatever bytes arrive at once
 */
export type ProxyFraming = "kafka" | "resp" | "none";

/**
 * The head of a Kafka request.
 *
 * Source: https://kafka.apache.org/protocol#protocol_messages (request header
 * versions 1 and 2).
 */
export interface KafkaRequest {
  /** What is asked for: 0 is Produce, 1 Fetch, 3 Metadata, and so on. -1 if the frame is too short to say. */
  readonly apiKey: number;
  /** The version of the request. -1 if the frame is too short to say. */
  readonly apiVersion: number;
  /** What the reply repeats. -1 if the frame is too short to say. */
  readonly correlationId: number;
  /** The name of the client, or `null`. */
  readonly clientId: string | null;
  /** Bytes of the whole frame, its four bytes of length included. */
  readonly size: number;
}

/**
 * A Redis command.
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export interface RespCommand {
  /** The command in upper case, `"SET"`. */
  readonly name: string;
  /**
   * What follows the name, as UTF-8 text. An argument that ends beyond the first
   * 64 KiB of the command is empty. `AUTH` and `HELLO` keep theirs to themselves.
   */
  readonly args: readonly string[];
}

/** Bytes that arrived at once. Where TCP cuts them is up to chance. */
export interface ByteChunk {
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** What is known of a request, by framing. */
export interface ProxiedRequests {
  /** With `framing: "kafka"`. */
  readonly kafka: KafkaRequest;
  /** With `framing: "resp"`. */
  readonly resp: RespCommand;
  /** With `framing: "none"`: what a fault strikes, be it request or reply. */
  readonly none: ByteChunk;
}

/**
 * What is known of a request.
 *
 * @typeParam F The framing.
 */
export type ProxiedRequest<F extends ProxyFraming> = ProxiedRequests[F];
