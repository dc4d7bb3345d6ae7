// Copyright 2026 the HuleEdu authors. MIT license.

// Repairs what kafkajs 2.2 does badly in its connections.

import { clearTimeout, setTimeout } from "node:timers";

/** A connection of kafkajs, as far as it is touched. */
export interface Connection {
  readonly socket?: ConnectionSocket;
  readonly requestQueue: RequestQueue;
  readonly authHandlers: { onError(): void } | null;
  chunks: unknown[];
  bytesBuffered: number;
  bytesNeeded: number;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  isConnected(): boolean;
  send(protocol: ConnectionRequest): Promise<unknown>;
  sendAuthRequest(request: object): Promise<unknown>;
}

/** What is asked over a connection. */
interface ConnectionRequest {
  readonly request: { readonly apiName: string };
}

/** The part of a socket that is used. */
interface ConnectionSocket {
  destroy(error?: Error): void;
  once(event: "close", listener: () => void): void;
  on(event: "error", listener: () => void): void;
  removeAllListeners(event: "data" | "end" | "error" | "timeout"): void;
}

/** The requests of a connection that have no answer yet. */
interface RequestQueue {
  readonly inflight: ReadonlyMap<
    number,
    { readonly entry: { readonly apiName: string } }
  >;
  readonly pending: readonly unknown[];
  rejectAll(error: Error): void;
  scheduleCheckPendingRequests(): void;
}

const LENGTH_BYTES = 4;
const CLOSED = "Connection was closed by this client";
const HANDSHAKE_API = "ApiVersions";
/** As long as kafkajs means to give it. */
const AUTHENTICATION_TIMEOUT_MS = 10_000;
/** Requests that the broker answers late by design, and those behind them. */
const PATIENT: ReadonlySet<string> = new Set(["JoinGroup", "SyncGroup"]);

/** The connections of one cluster. */
export class Connections {
  readonly #handshakeTimeoutMs: number;
  readonly #open = new Set<Connection>();
  #isClosed = false;

  constructor(handshakeTimeoutMs: number) {
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
  }

  /** Repairs a connection that was not connected yet. */
  adopt(connection: Connection): void {
    quieten(connection.requestQueue);
    const connect = connection.connect.bind(connection);
    let connecting: Promise<unknown> | undefined;
    // kafkajs opens a socket a call, and forgets all but the last of them.
    connection.connect = () =>
      connecting ??= this.#connect(connection, connect).finally(() => {
        connecting = undefined;
      });
    // kafkajs waits for its first answer as long as for any, or for ever.
    const send = connection.send.bind(connection);
    connection.send = (protocol) =>
      protocol.request.apiName === HANDSHAKE_API
        ? inTime(connection, this.#handshakeTimeoutMs, send(protocol))
        : send(protocol);
    const prove = connection.sendAuthRequest.bind(connection);
    connection.sendAuthRequest = (request) =>
      inTime(connection, AUTHENTICATION_TIMEOUT_MS, prove(request));
    // kafkajs adds a listener to a dead socket each time.
    const disconnect = connection.disconnect.bind(connection);
    connection.disconnect = () =>
      this.#open.has(connection) ? disconnect() : Promise.resolve();
  }

  /** Closes all at once; none connects again. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#open) hangUp(connection);
  }

  async #connect(
    connection: Connection,
    connect: () => Promise<unknown>,
  ): Promise<void> {
    if (this.#isClosed) {
      const error = new Error("Client is closed");
      throw Object.assign(error, { retriable: false });
    }
    if (connection.isConnected()) return;
    forgetSocket(connection);
    const connected = connect();
    const { socket } = connection;
    this.#open.add(connection);
    socket?.once("close", () => {
      if (connection.socket !== socket) return;
      this.#open.delete(connection);
      connection.authHandlers?.onError();
      // kafkajs lets requests slip into a connection that is just closing.
      connection.requestQueue.rejectAll(connectionError(CLOSED));
    });
    try {
      await connected;
    } catch (error) {
      socket?.destroy();
      throw error;
    }
  }
}

/** Closes a connection at once; what is in flight on it fails. */
export function hangUp(
  connection: Connection,
  reason: string = CLOSED,
): void {
  connection.requestQueue.rejectAll(connectionError(reason));
  // What waits for it to be connected learns of its end by an error alone.
  const isConnected = connection.isConnected();
  connection.socket?.destroy(isConnected ? undefined : connectionError(reason));
  connection.disconnect().catch(() => {});
}

/** Gives up a connection whose answer does not come in time. */
async function inTime<T>(
  connection: Connection,
  ms: number,
  answer: Promise<T>,
): Promise<T> {
  const reason = `No answer within ${ms} ms`;
  const timer = setTimeout(() => hangUp(connection, reason), ms);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

/** An error after which kafkajs tries another server. */
function connectionError(message: string): Error {
  return Object.assign(new Error(message), { name: "KafkaJSConnectionError" });
}

/** Whether a connection waits for an answer that may take long by design. */
export function isPatient({ requestQueue }: Connection): boolean {
  return [...requestQueue.inflight.values()].some(({ entry }) =>
    PATIENT.has(entry.apiName)
  );
}

/**
 * kafkajs lets a late event of an old socket close the new one, and reads on in
 * the middle of a response that the old one did not finish.
 */
function forgetSocket(connection: Connection): void {
  const { socket } = connection;
  for (const event of ["data", "end", "error", "timeout"] as const) {
    socket?.removeAllListeners(event);
  }
  socket?.on("error", () => {});
  socket?.destroy();
  connection.requestQueue.rejectAll(connectionError(CLOSED));
  connection.chunks = [];
  connection.bytesBuffered = 0;
  connection.bytesNeeded = LENGTH_BYTES;
}

/**
 * kafkajs sets a timer at each response, with a negative delay that newer
 * runtimes warn of. It has a purpose only while requests are held back.
 */
function quieten(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}
