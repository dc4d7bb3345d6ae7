// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  type AddressInfo,
  connect,
  createServer,
  type Server,
  type Socket,
} from "node:net";

/** One end of a connection, which can be waited for. */
export class Peer implements AsyncDisposable {
  /** How the other side went: resolves to `"end"` or the code of the error. */
  readonly over: Promise<string>;
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #received = Buffer.alloc(0);
  #taken = 0;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) =>
      socket.on("close", () => resolve())
    );
    this.over = new Promise((resolve) => {
      socket.on("end", () => resolve("end"));
      socket.on("error", (error: Error & { readonly code?: string }) => {
        resolve(error.code ?? error.message);
      });
    });
    socket.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
  }

  /** Connects to a port of this machine. */
  static async connect(port: number): Promise<Peer> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const peer = new Peer(socket);
    await once(socket, "connect");
    return peer;
  }

  /** All that has come so far. */
  get received(): string {
    return this.#received.toString("latin1");
  }

  /** The next `length` bytes, once they are there. */
  async read(length: number): Promise<string> {
    while (this.#received.length < this.#taken + length) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const from = this.#taken;
    this.#taken += length;
    return this.#received.toString("latin1", from, this.#taken);
  }

  /** Sends bytes, and says when they have left. */
  write(bytes: string | Uint8Array): Promise<void> {
    const buffer = typeof bytes === "string"
      ? Buffer.from(bytes, "latin1")
      : bytes;
    return new Promise((resolve) => {
      this.#socket.write(buffer, () => resolve());
    });
  }

  /** Reads no more until `resume()`. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  /** Says that nothing more is coming. */
  end(): void {
    this.#socket.end();
  }

  /** Breaks the connection. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }
}

/** A server of this machine. */
export class LoopbackServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #peers: Peer[] = [];
  #wake: () => void = () => {};

  constructor(server: Server, onPeer: (peer: Peer, socket: Socket) => void) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      const peer = new Peer(socket);
      this.#peers.push(peer);
      onPeer(peer, socket);
      this.#wake();
    });
  }

  /** Listens on a free port. */
  static async listen(
    onPeer: (peer: Peer, socket: Socket) => void = () => {},
  ): Promise<LoopbackServer> {
    const server = createServer({ allowHalfOpen: true });
    const loopback = new LoopbackServer(server, onPeer);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return loopback;
  }

  /** Listens, and sends back whatever comes. */
  static echo(): Promise<LoopbackServer> {
    return LoopbackServer.listen((_peer, socket) => socket.pipe(socket));
  }

  /** The port. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many have connected so far. */
  get connected(): number {
    return this.#peers.length;
  }

  /** The connection of this number, from 0, once it is there. */
  async peer(index: number): Promise<Peer> {
    while (this.#peers.length <= index) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#peers[index]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const peer of this.#peers) await peer[Symbol.asyncDispose]();
    await closed;
  }
}
