// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * A sentinel whose word is the test's: it answers the few commands that a client
 * asks one.
 */
export class ScriptedSentinel implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #served: Promise<void>;
  readonly #connections = new Set<Deno.Conn>();
  readonly #commands: string[] = [];
  #stopped = false;
  /** The port of the master that it names; 0 for one that it does not know. */
  master: number;

  constructor(master: number) {
    this.master = master;
    this.#served = this.#serve();
  }

  /** Where it listens. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  /** How often it was asked for the master. */
  get asked(): number {
    return this.#commands.filter((name) => name === "SENTINEL").length;
  }

  /** Hangs up on everybody, for good. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stopped) this.#listener.close();
    this.#stopped = true;
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
    await this.#served;
  }

  async #serve(): Promise<void> {
    const all: Array<Promise<void>> = [];
    for await (const connection of this.#listener) {
      all.push(this.#answer(connection));
    }
    await Promise.all(all);
  }

  async #answer(connection: Deno.Conn): Promise<void> {
    this.#connections.add(connection);
    const buffer = new Uint8Array(4_096);
    try {
      for (;;) {
        const length = await connection.read(buffer);
        if (length === null) break;
        const text = new TextDecoder().decode(buffer.subarray(0, length));
        // One write a turn: a chunk holds whole commands.
        for (const [, name] of text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
          await connection.write(this.#reply(name!.toUpperCase()));
        }
      }
    } catch {
      // The client, or the test, has closed it.
    }
    if (this.#connections.delete(connection)) connection.close();
  }

  #reply(name: string): Uint8Array<ArrayBuffer> {
    this.#commands.push(name);
    const port = String(this.master);
    const encoder = new TextEncoder();
    if (name !== "SENTINEL") return encoder.encode("+OK\r\n");
    if (this.master === 0) return encoder.encode("*-1\r\n");
    return encoder.encode(
      `*2\r\n$9\r\n127.0.0.1\r\n$${port.length}\r\n${port}\r\n`,
    );
  }
}
