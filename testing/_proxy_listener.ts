// Copyright 2026 the HuleEdu authors. MIT license.

import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";

/** Listens, stops listening, and listens again. */
export class ProxyListener {
  readonly #onClient: (client: Socket) => void;
  #server: Server | null = null;
  #closing: Promise<void> = Promise.resolve();

  constructor(onClient: (client: Socket) => void) {
    this.#onClient = onClient;
  }

  /**
   * Listens.
   *
   * @param port 0 for any that is free.
   * @returns The port.
   */
  async open(host: string, port: number): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      if (server.listening) this.#onClient(client);
      else client.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.off("error", reject);
        resolve();
      });
    });
    // The next client is worth more than the one that could not be let in.
    server.on("error", () => {});
    this.#server = server;
    return (server.address() as AddressInfo).port;
  }

  /** Stops listening at once. Who is connected stays so. */
  close(): boolean {
    const server = this.#server;
    if (server === null) return false;
    this.#server = null;
    const before = this.#closing;
    const closing = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    this.#closing = before.then(() => closing);
    return true;
  }

  /** Whether it listens. */
  get listening(): boolean {
    return this.#server !== null;
  }

  /** Resolves once who was let in has gone, after `close()`. */
  closed(): Promise<void> {
    return this.#closing;
  }
}
