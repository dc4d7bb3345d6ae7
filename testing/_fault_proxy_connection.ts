// Copyright 2026 the HuleEdu authors. MIT license.

import { connect, type Socket } from "node:net";
import type { ProxiedRequest, ProxyFraming } from "./proxied_request.ts";
import { Lane } from "./_fault_proxy_lane.ts";
import type { Framing } from "./_fault_proxy_framing.ts";
import { asError, type ProxyNetwork } from "./_fault_proxy_network.ts";
import { endSocket, resetSocket } from "./_sockets.ts";

/** What a connection belongs to. */
export interface ConnectionOptions<F extends ProxyFraming> {
  readonly id: number;
  readonly client: Socket;
  readonly host: string;
  readonly port: number;
  readonly framing: Framing<ProxiedRequest<F>>;
  readonly network: ProxyNetwork<F>;
}

/** A connection of a client, and the one to the server that goes with it. */
export class ProxyConnection<F extends ProxyFraming> {
  /** Counts the connections of a proxy, from 1. */
  readonly id: number;
  /** Resolves once both sides are closed. */
  readonly closed: Promise<void>;
  readonly #network: ProxyNetwork<F>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #toServer: Lane<F>;
  readonly #toClient: Lane<F>;
  readonly #end = new AbortController();
  // Set once the proxy itself disconnects: what fails then is no news.
  #disconnected = false;

  constructor(options: ConnectionOptions<F>) {
    const { id, client, host, port, framing, network } = options;
    this.id = id;
    this.#network = network;
    this.#client = client;
    this.#server = connect({ host, port, allowHalfOpen: true });
    const shared = {
      connection: id,
      framing,
      network,
      signal: this.#end.signal,
      disconnect: (reset: boolean) => this.disconnect(reset),
    };
    this.#toServer = new Lane<F>({
      ...shared,
      side: "request",
      source: client,
      sink: this.#server,
    });
    this.#toClient = new Lane<F>({
      ...shared,
      side: "reply",
      source: this.#server,
      sink: client,
    });
    this.closed = Promise.all([
      this.#watch(client, this.#toServer),
      this.#watch(this.#server, this.#toClient),
    ]).then(() => {
      this.#end.abort();
      this.#toServer.close();
      this.#toClient.close();
    });
  }

  /** Passes on what a blackhole or a delay no longer keeps. */
  flush(): void {
    this.#toServer.flush();
    this.#toClient.flush();
  }

  /** Disconnects both sides at once. */
  disconnect(reset: boolean): void {
    this.#leave();
    const close = reset ? resetSocket : endSocket;
    close(this.#client);
    close(this.#server);
  }

  /** Destroys both sides. */
  destroy(): void {
    this.#leave();
    this.#client.destroy();
    this.#server.destroy();
  }

  #leave(): void {
    this.#disconnected = true;
    this.#toServer.silence();
    this.#toClient.silence();
  }

  #watch(socket: Socket, lane: Lane<F>): Promise<void> {
    socket.setNoDelay(true);
    socket.on("error", (error) => {
      if (this.#disconnected) return;
      const connection = this.id;
      this.#network.record("error", { connection, error: asError(error) });
    });
    return new Promise((resolve) => {
      socket.on("close", () => {
        // A connection that both sides have ended goes of itself.
        const over = this.#toServer.ended && this.#toClient.ended;
        if (!over && !this.#disconnected) lane.accept("reset");
        resolve();
      });
    });
  }
}
