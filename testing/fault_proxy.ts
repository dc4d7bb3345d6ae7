// Copyright 2026 the HuleEdu authors. MIT license.

import type { Lifecycle } from "../protocols.ts";
import { FaultProxyError } from "./fault_proxy_error.ts";
import type { FaultProxyOptions } from "./fault_proxy_options.ts";
import type { ProxyFraming } from "./proxied_request.ts";
import type { ProxyEvent, ProxyFaultKind } from "./proxy_event.ts";
import type {
  ProxyBlackholeOptions,
  ProxyChaosOptions,
  ProxyCutOptions,
  ProxyFaultOptions,
} from "./proxy_fault.ts";
import { ProxyGateway } from "./_fault_proxy_gateway.ts";
import type { ProxyNetwork } from "./_fault_proxy_network.ts";

/**
 * A TCP proxy to put before a real server, which makes the network as bad as a
 * test needs it: replies get lost after the server acted, connections break in
 * the middle of a reply, bytes vanish, nobody answers.
 *
 * A fault strikes one request or reply, the next one by default, and its promise
 * resolves when it has struck; ask for it before the request is sent, and wait
 * for it after. With `framing: "kafka"` a lost request or reply leaves the rest
 * of the connection as it was. Elsewhere only order ties a reply to its request,
 * so what follows a lost one is lost as well: that direction of the connection
 * stays silent.
 *
 * A fault is only as sure as the client's route: every connection has to go
 * through the proxy. On Deno 2.9 a connection breaks where bytes have to wait for
 * a side that has ended its own direction (denoland/deno#33860).
 *
 * @typeParam F The framing, which says what a fault can be matched by.
 *
 * @example The server acts, the client never hears of it
 * ```ts
 * import { FaultProxy } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 * import { once } from "node:events";
 * import { type AddressInfo, connect, createServer } from "node:net";
 *
 * const heard: string[] = [];
 * const server = createServer((socket) => {
 *   socket.on("data", (bytes) => {
 *     heard.push(String(bytes));
 *     socket.write("OK");
 *   });
 * });
 * await once(server.listen(0, "127.0.0.1"), "listening");
 * const { port } = server.address() as AddressInfo;
 *
 * {
 *   await using proxy = await FaultProxy.connect({ port });
 *   const client = connect(proxy.port, "127.0.0.1");
 *   const cut = proxy.cutReply({ afterBytes: 1 });
 *   client.write("charge the card");
 *
 *   assertEquals(String((await once(client, "data"))[0]), "O");
 *   assertEquals(heard, ["charge the card"]);
 *   assertEquals((await cut).kind, "cut_reply");
 *   await once(client, "close");
 * }
 * server.close();
 * ```
 *
 * @example The broker writes a batch and does not get to say so
 * ```ts ignore
 * import { KafkaBus } from "@huleedu/service-libs/kafka";
 * import { FaultProxy } from "@huleedu/service-libs/testing";
 *
 * // The broker listens on 9092 and advertises 19092.
 * await using proxy = await FaultProxy.connect({
 *   port: 9092,
 *   listenPort: 19092,
 *   framing: "kafka",
 * });
 * await using bus = await KafkaBus.connect({
 *   clientId: "essays",
 *   bootstrapServers: "localhost:19092",
 * });
 * const swallowed = proxy.swallowReply({ match: ({ apiKey }) => apiKey === 0 });
 * const published = bus.publishEvent("essays", envelope);
 * await swallowed;
 * await published;
 * ```
 */
export class FaultProxy<F extends ProxyFraming = "none"> implements Lifecycle {
  readonly #gateway: ProxyGateway<F>;
  readonly #network: ProxyNetwork<F>;
  #running = false;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> = Promise.resolve();
  #lastChange: Promise<void> = Promise.resolve();

  /**
   * Does no I/O.
   *
   * @param options Where the server is, and how bad the network.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(options: FaultProxyOptions<F>) {
    this.#gateway = new ProxyGateway(options);
    this.#network = this.#gateway.network;
  }

  /**
   * Creates a proxy and starts it.
   *
   * @typeParam F The framing.
   * @param options As for the constructor.
   * @returns The started proxy.
   */
  static async connect<F extends ProxyFraming = "none">(
    options: FaultProxyOptions<F>,
  ): Promise<FaultProxy<F>> {
    const proxy = new FaultProxy<F>(options);
    await proxy.start();
    return proxy;
  }

  /** Listens. Twice is one start. After a stop the port is the same again. */
  start(): Promise<void> {
    if (this.#starting !== null) return this.#starting;
    const starting = this.#inTurn(async () => {
      await this.#gateway.open();
      this.#running = this.#starting === starting;
    });
    this.#starting = starting;
    starting.catch(() => {
      if (this.#starting === starting) this.#starting = null;
    });
    return starting;
  }

  /** Destroys every connection and stops listening. Events are kept. */
  stop(): Promise<void> {
    if (this.#starting === null) return this.#stopping;
    this.#starting = null;
    this.#running = false;
    this.#stopping = this.#inTurn(() => this.#gateway.close());
    return this.#stopping;
  }

  /** The same as `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * The port that the proxy listens on, also while it refuses connections.
   *
   * @throws {FaultProxyError} If the proxy is not started.
   */
  get port(): number {
    this.#requireRunning();
    return this.#gateway.port;
  }

  /** How many clients are connected, as far as the proxy knows. */
  get connections(): number {
    return this.#gateway.connections;
  }

  /** How many clients were let in so far; one that reconnects counts again. */
  get accepted(): number {
    return this.#gateway.accepted;
  }

  /** What went wrong so far, in order. A copy. */
  get events(): readonly ProxyEvent<F>[] {
    return this.#network.events;
  }

  /**
   * Loses a request before it reaches the server. Both stay connected.
   *
   * @param options Which request.
   * @returns What was struck, once it is.
   * @throws {FaultProxyError} If the proxy is not started, or stopped before.
   * @throws {RangeError} If an option is out of range.
   */
  dropRequest(
    options: ProxyFaultOptions<F> = {},
  ): Promise<ProxyEvent<F>> {
    return this.#arm("drop_request", options);
  }

  /**
   * Disconnects both sides in the middle of a request.
   *
   * @param options Which request, and where.
   * @returns What was struck, once it is.
   * @throws {FaultProxyError} If the proxy is not started, or stopped before.
   * @throws {RangeError} If an option is out of range.
   */
  cutRequest(
    options: ProxyCutOptions<F> = {},
  ): Promise<ProxyEvent<F>> {
    return this.#arm("cut_request", options);
  }

  /**
   * Loses a reply: the server has acted, and the client does not hear of it. Both
   * stay connected.
   *
   * @param options Which reply.
   * @returns What was struck, once it is.
   * @throws {FaultProxyError} If the proxy is not started, or stopped before.
   * @throws {RangeError} If an option is out of range.
   */
  swallowReply(
    options: ProxyFaultOptions<F> = {},
  ): Promise<ProxyEvent<F>> {
    return this.#arm("swallow_reply", options);
  }

  /**
   * Disconnects both sides in the middle of a reply, after the server has acted.
   *
   * @param options Which reply, and where.
   * @returns What was struck, once it is.
   * @throws {FaultProxyError} If the proxy is not started, or stopped before.
   * @throws {RangeError} If an option is out of range.
   */
  cutReply(
    options: ProxyCutOptions<F> = {},
  ): Promise<ProxyEvent<F>> {
    return this.#arm("cut_reply", options);
  }

  /**
   * Lets bytes vanish, while connections stay open and new ones are let in and
   * get no answer. Nobody hears of the end of a connection either, until
   * `restore()`. Replaces a blackhole before.
   *
   * @param options Which bytes, and whether they come back.
   * @returns What was struck, once bytes were.
   * @throws {FaultProxyError} If the proxy is not started, or stopped or restored
   * before.
   * @throws {RangeError} If an option is out of range.
   */
  blackhole(options: ProxyBlackholeOptions = {}): Promise<ProxyEvent<F>> {
    return this.#promise(() => {
      const struck = this.#network.blackhole(options);
      this.#gateway.flush();
      return struck;
    });
  }

  /**
   * Strikes at random, until `restore()`.
   *
   * @param options How often, and how.
   * @throws {FaultProxyError} If the proxy is not started.
   * @throws {RangeError} If an option is out of range.
   */
  chaos(options: ProxyChaosOptions<F>): void {
    this.#requireRunning();
    this.#network.faults.setChaos(options);
  }

  /**
   * Ends a blackhole and chaos. A connection that lost bytes stays silent in that
   * direction, unless `framing` is `"kafka"` and whole frames were lost.
   *
   * @throws {FaultProxyError} If the proxy is not started.
   */
  restore(): void {
    this.#requireRunning();
    this.#network.restore();
    this.#network.record("restore");
    this.#gateway.flush();
  }

  /**
   * Changes how long bytes take, from the next ones on.
   *
   * @param latencyMs Milliseconds, or the bounds of a random number of them.
   * @throws {RangeError} If they are out of range.
   */
  setLatency(latencyMs: number | readonly [min: number, max: number]): void {
    this.#network.setLatency(latencyMs);
  }

  /**
   * Leads new connections to another server.
   *
   * @param port The port of the server.
   * @param host The host of the server. As before by default.
   * @throws {RangeError} If the port is out of range.
   */
  retarget(port: number, host?: string): void {
    this.#gateway.retarget(port, host);
  }

  /**
   * Disconnects everybody; new connections are let in.
   *
   * @param options Whether to reset the connections instead of ending them.
   * @throws {FaultProxyError} If the proxy is not started.
   */
  closeAll(options: { readonly reset?: boolean } = {}): Promise<void> {
    const { reset = false } = options;
    return this.#promise(() => this.#gateway.disconnect(reset));
  }

  /**
   * Stops listening, so that new connections are refused. Who is connected stays
   * so.
   *
   * @throws {FaultProxyError} If the proxy is not started.
   */
  refuse(): Promise<void> {
    return this.#promise(() =>
      this.#inTurn(() => {
        if (this.#gateway.refuse()) this.#network.record("refuse");
      })
    );
  }

  /**
   * Listens again, on the same port.
   *
   * @throws {FaultProxyError} If the proxy is not started.
   */
  accept(): Promise<void> {
    return this.#promise(() =>
      this.#inTurn(async () => {
        if (!this.#running) return;
        if (await this.#gateway.open()) this.#network.record("accept");
      })
    );
  }

  #arm(
    kind: ProxyFaultKind,
    options: ProxyCutOptions<F>,
  ): Promise<ProxyEvent<F>> {
    return this.#promise(() => this.#network.faults.arm(kind, options));
  }

  // Not an async method: its promise would be another one than that of the fault,
  // which nobody has to wait for.
  #promise<T>(act: () => Promise<T>): Promise<T> {
    try {
      this.#requireRunning();
      return act();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #requireRunning(): void {
    if (!this.#running) throw new FaultProxyError("not_started");
  }

  #inTurn(act: () => void | Promise<void>): Promise<void> {
    const turn = this.#lastChange.then(act);
    this.#lastChange = turn.catch(() => {});
    return turn;
  }
}
