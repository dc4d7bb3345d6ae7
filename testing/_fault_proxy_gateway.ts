// Copyright 2026 the HuleEdu authors. MIT license.

import type { Socket } from "node:net";
import { systemClock } from "../reliability/system_clock.ts";
import type { FaultProxyOptions } from "./fault_proxy_options.ts";
import type { ProxyFraming } from "./proxied_request.ts";
import { ProxyConnection } from "./_fault_proxy_connection.ts";
import { makeFraming } from "./_fault_proxy_framing.ts";
import { ProxyNetwork } from "./_fault_proxy_network.ts";
import { ProxyListener } from "./_proxy_listener.ts";

const FRAMINGS: readonly ProxyFraming[] = ["kafka", "resp", "none"];

/** Lets clients in, and leads them to the server. */
export class ProxyGateway<F extends ProxyFraming> {
  readonly network: ProxyNetwork<F>;
  readonly #framing: F;
  readonly #listenHost: string;
  readonly #connections = new Set<ProxyConnection<F>>();
  readonly #listener = new ProxyListener((client) => this.#letIn(client));
  #listenPort: number;
  #host: string;
  #port: number;
  #accepted = 0;

  constructor(options: FaultProxyOptions<F>) {
    const { host = "127.0.0.1", port, clock = systemClock } = options;
    const { listenHost = "127.0.0.1", listenPort = 0 } = options;
    const { framing = "none", latencyMs = 0, seed = 0 } = options;
    if (!FRAMINGS.includes(framing)) {
      throw new RangeError(
        `Cannot create FaultProxy: "framing" must be "kafka", "resp" or "none"`,
      );
    }
    if (!Number.isFinite(seed)) {
      throw new RangeError(
        `Cannot create FaultProxy: "seed" must be a finite number, received ${seed}`,
      );
    }
    requirePort("port", port, 1);
    requirePort("listenPort", listenPort, 0);
    this.network = new ProxyNetwork(clock, seed, latencyMs);
    // Without the option, F is "none".
    this.#framing = framing as F;
    this.#host = host;
    this.#port = port;
    this.#listenHost = listenHost;
    this.#listenPort = listenPort;
  }

  get port(): number {
    return this.#listenPort;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** Leads new connections elsewhere. */
  retarget(port: number, host: string = this.#host): void {
    requirePort("port", port, 1);
    this.#port = port;
    this.#host = host;
  }

  /** Lets clients in, always on the port of the first time. */
  async open(): Promise<boolean> {
    if (this.#listener.listening) return false;
    this.#listenPort = await this.#listener.open(
      this.#listenHost,
      this.#listenPort,
    );
    return true;
  }

  /** Lets nobody in any more. Who is connected stays so. */
  refuse(): boolean {
    return this.#listener.close();
  }

  /** Passes on what a blackhole no longer keeps. */
  flush(): void {
    for (const connection of this.#connections) connection.flush();
  }

  /** Disconnects everybody. */
  async disconnect(reset: boolean): Promise<void> {
    const all = [...this.#connections];
    for (const connection of all) {
      this.network.record("close", { connection: connection.id });
      connection.disconnect(reset);
    }
    await Promise.all(all.map((connection) => connection.closed));
  }

  /** Lets nobody in any more, and destroys every connection. */
  async close(): Promise<void> {
    this.refuse();
    const all = [...this.#connections];
    for (const connection of all) connection.destroy();
    await Promise.all(all.map((connection) => connection.closed));
    await this.#listener.closed();
    this.network.giveUp();
  }

  #letIn(client: Socket): void {
    const id = ++this.#accepted;
    const { network } = this;
    const connection = new ProxyConnection<F>({
      id,
      client,
      host: this.#host,
      port: this.#port,
      network,
      framing: makeFraming(
        this.#framing,
        (error) => network.record("unframed", { connection: id, error }),
      ),
    });
    this.#connections.add(connection);
    connection.closed.then(() => this.#connections.delete(connection));
  }
}

function requirePort(option: string, port: number, min: number): void {
  if (Number.isInteger(port) && port >= min && port <= 65_535) return;
  throw new RangeError(
    `FaultProxy: "${option}" must be a port from ${min} to 65535, received ${port}`,
  );
}
