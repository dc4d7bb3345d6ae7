// Copyright 2026 the HuleEdu authors. MIT license.

/** A connection of its own, for commands that the client does not have. */
export class RedisAdmin implements Disposable {
  readonly #connection: Deno.TcpConn;

  /** Takes over a connection. */
  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to a server of this machine. */
  static async connect(port: number): Promise<RedisAdmin> {
    return new RedisAdmin(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /**
   * Sends a command, once the one before was answered.
   *
   * @returns The reply: a line, a number as text, or a text.
   * @throws {Error} If the server refuses.
   */
  async ask(...words: string[]): Promise<string> {
    const parts = words.map((word) =>
      `$${new TextEncoder().encode(word).length}\r\n${word}\r\n`
    );
    const request = `*${words.length}\r\n${parts.join("")}`;
    await this.#write(new TextEncoder().encode(request));
    const reply = await this.#read();
    if (reply.startsWith("-")) throw new Error(reply.slice(1).trim());
    if (!reply.startsWith("$")) return reply.slice(1).trim();
    return reply.slice(reply.indexOf("\n") + 1, -2);
  }

  /** The ids of the connections that a client of this name holds. */
  async connectionsOf(clientId: string): Promise<string[]> {
    const list = await this.ask("CLIENT", "LIST");
    return list.split("\n")
      .filter((line) => line.includes(` name=${clientId} `))
      .map((line) => /^id=(\d+)/.exec(line)?.[1] ?? "");
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      at += await this.#connection.write(bytes.subarray(at));
    }
  }

  async #read(): Promise<string> {
    const buffer = new Uint8Array(64 * 1024);
    const decoder = new TextDecoder("latin1");
    for (let reply = "";;) {
      const length = await this.#connection.read(buffer);
      if (length === null) throw new Error("The server has hung up");
      reply += decoder.decode(buffer.subarray(0, length));
      if (isWhole(reply)) return reply;
    }
  }
}

function isWhole(reply: string): boolean {
  const end = reply.indexOf("\n") + 1;
  if (end === 0 || !reply.startsWith("$")) return end > 0;
  return reply.length === end + Number(reply.slice(1, end)) + 2;
}
