// Copyright 2026 the HuleEdu authors. MIT license.

/** What a {@linkcode FaultProxy} does with the next request that matches. */
export type Fault =
  /** The server gets it; its answer is thrown away, and the connection ends. */
  | "lose-reply"
  /** The server never gets it, and the connection ends. */
  | "lose-request";

interface Trap {
  readonly fault: Fault;
  readonly text: string;
  readonly sprung: PromiseWithResolvers<void>;
}

/** A TCP proxy on loopback that loses what it is told to lose. */
export class FaultProxy implements AsyncDisposable {
  readonly #target: Deno.ConnectOptions;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #work = new Set<Promise<void>>();
  readonly #traps: Trap[] = [];
  #deaf = false;
  /** Connections accepted so far. */
  accepted = 0;
  /** What clients have sent, as it came. */
  readonly requests: string[] = [];

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#target = { hostname, port: Number(port || "6379") };
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#track(this.#accept());
  }

  /** The proxy's own URL. */
  get url(): string {
    return `redis://127.0.0.1:${this.#listener.addr.port}`;
  }

  /**
   * Sets a trap for the next request that holds the text.
   *
   * @returns Resolves when it has sprung.
   */
  arm(fault: Fault, text: string): Promise<void> {
    const sprung = Promise.withResolvers<void>();
    this.#traps.push({ fault, text, sprung });
    return sprung.promise;
  }

  /** From now on nothing comes through, though every connection stays open. */
  goDeaf(): void {
    this.#deaf = true;
  }

  /** Lets what comes on new connections through again. */
  hearAgain(): void {
    this.#deaf = false;
  }

  /** Ends every connection. */
  cut(): void {
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await Promise.all(this.#work);
  }

  #track(work: Promise<void>): void {
    const done = work.catch(() => {}).finally(() => this.#work.delete(done));
    this.#work.add(done);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      this.accepted += 1;
      const server = await Deno.connect(this.#target);
      this.#open.add(client).add(server);
      const pair = { client, server, dropReply: null as Trap | null };
      this.#track(this.#forward(pair));
      this.#track(this.#answer(pair));
    }
  }

  async #forward(pair: Pair): Promise<void> {
    for await (const chunk of pair.client.readable) {
      const request = new TextDecoder().decode(chunk);
      this.requests.push(request);
      if (this.#deaf) continue;
      const trap = this.#takeTrap(request);
      if (trap?.fault === "lose-request") this.#end(pair, trap);
      if (trap?.fault === "lose-reply") pair.dropReply = trap;
      await write(pair.server, chunk);
    }
    close(pair.server);
  }

  async #answer(pair: Pair): Promise<void> {
    for await (const chunk of pair.server.readable) {
      if (this.#deaf) continue;
      if (pair.dropReply !== null) this.#end(pair, pair.dropReply);
      await write(pair.client, chunk);
    }
    close(pair.client);
  }

  #takeTrap(request: string): Trap | undefined {
    const at = this.#traps.findIndex(({ text }) => request.includes(text));
    return at === -1 ? undefined : this.#traps.splice(at, 1)[0];
  }

  #end({ client, server }: Pair, trap: Trap): void {
    close(client);
    close(server);
    trap.sprung.resolve();
  }
}

interface Pair {
  readonly client: Deno.TcpConn;
  readonly server: Deno.TcpConn;
  dropReply: Trap | null;
}

async function write(to: Deno.TcpConn, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += await to.write(chunk.subarray(at));
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It has ended by itself.
  }
}
