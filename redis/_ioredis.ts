// Copyright 2026 the HuleEdu authors. MIT license.

// The only file that knows ioredis. It is used as a codec and a socket: one
// instance a physical connection, told never to reconnect, to queue or to send
// anything again (it runs INCR twice otherwise, and WATCH protects nothing).

import { Command, Redis } from "ioredis";
import { isIP } from "node:net";
import { setImmediate } from "node:timers";
import { ConnectionLostError } from "./_connection.ts";
import type { OutgoingCommand, RedisConnection } from "./_connection.ts";
import { RedisCommandError } from "./errors.ts";

/** Where a socket goes to. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/**
 * Opens a socket to a server, without any handshake. Rejects with the socket's
 * error.
 *
 * @param address The server.
 * @param signal Gives up, and closes the socket.
 */
export async function connectSocket(
  { host, port, tls }: SocketAddress,
  signal: AbortSignal,
): Promise<RedisConnection> {
  signal.throwIfAborted();
  const redis = new Redis({
    host,
    port,
    ...(tls ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {}),
    lazyConnect: true,
    retryStrategy: null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    // RESP2: ioredis takes it for granted that HELLO worked when a server
    // without a password answers AUTH with an error, and then loses messages.
    protocol: 2,
    // The handshake is ours, see _open_connection.ts.
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: 0,
    keepAlive: 30_000,
    noDelay: true,
  });
  const connection = new IoredisConnection(redis);
  const abort = () => void connection.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await redis.connect();
    return connection;
  } catch (error) {
    throw connection.error ?? error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Turns an error within a reply into ours; passes anything else on. */
export function translateReply(command: string, reply: unknown): unknown {
  return isReplyError(reply)
    ? new RedisCommandError(command, reply.message)
    : reply;
}

class IoredisConnection implements RedisConnection {
  readonly #redis: Redis;
  #corked = false;
  #ended: Promise<void> | null = null;
  /** What the socket complained of last. */
  error: Error | null = null;
  replies = 0;

  constructor(redis: Redis) {
    this.#redis = redis;
    // An "error" that nobody listens to is printed by ioredis.
    redis.on("error", (error: Error) => {
      this.error ??= error;
      // Such as a reply that answers no command: the rest cannot be trusted.
      if (redis.status === "ready") void this.destroy(error);
    });
  }

  get closed(): boolean {
    const { status, stream } = this.#redis;
    return this.#ended !== null || status !== "ready" || !stream.writable;
  }

  send(outgoing: OutgoingCommand): void {
    if (!this.closed) this.#cork();
    const command = new Command(outgoing.name, outgoing.args as string[], {
      replyEncoding: "utf8",
    });
    command.promise.then((reply: unknown) => {
      this.replies += 1;
      outgoing.onReply(reply);
    }, (error: unknown) => outgoing.onError(this.#translate(outgoing, error)));
    this.#redis.sendCommand(command);
  }

  onClose(listener: (error: ConnectionLostError) => void): void {
    if (this.#redis.status === "end") listener(this.#lost());
    else this.#redis.once("end", () => listener(this.#lost()));
  }

  onMessage(listener: (channel: string, message: string) => void): void {
    this.#redis.on("message", listener);
  }

  destroy(reason?: Error): Promise<void> {
    this.error ??= reason ?? null;
    this.#ended ??= this.#end();
    return this.#ended;
  }

  #end(): Promise<void> {
    const redis = this.#redis;
    if (redis.status === "end") return Promise.resolve();
    return new Promise((resolve) => {
      redis.once("end", () => resolve());
      redis.disconnect();
      redis.stream?.destroy();
    });
  }

  /** Lets the commands of one turn of the event loop leave in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    const { stream } = this.#redis;
    stream.cork();
    setImmediate(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  #lost(): ConnectionLostError {
    return new ConnectionLostError(this.error ? { cause: this.error } : {});
  }

  #translate({ name }: OutgoingCommand, error: unknown): Error {
    if (!isReplyError(error)) {
      // Whatever it is, the replies that follow could be anybody's.
      void this.destroy();
      return this.#lost();
    }
    this.replies += 1;
    return new RedisCommandError(name, error.message);
  }
}

/** Not kept as a cause: ioredis hangs the arguments, secrets too, on it. */
function isReplyError(value: unknown): value is Error {
  return value instanceof Error && value.name === "ReplyError";
}
