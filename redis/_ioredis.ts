// Copyright 2026 the HuleEdu authors. MIT license.

// The only file, with _ioredis_command.ts, that knows ioredis. It is used as a codec and a socket: one
// instance a physical connection, told never to reconnect, to queue or to send
// anything again (it runs INCR twice otherwise, and WATCH protects nothing).

import { type Command, Redis } from "ioredis";
import type { Buffer } from "node:buffer";
import { isIP } from "node:net";
import { setImmediate } from "node:timers";
import { ConnectionLostError } from "./_connection.ts";
import { MessageReader } from "./_message_reader.ts";
import type {
  MessageListener,
  OutgoingCommand,
  RedisConnection,
} from "./_connection.ts";
import { type CommandListener, ListenedCommand } from "./_ioredis_command.ts";
import { RedisCommandError } from "./errors.ts";
import type { RedisTlsOptions } from "./tls_options.ts";

type TlsOptions = Omit<RedisTlsOptions, "ca"> & { ca?: string | string[] };
type CommandStream = NonNullable<Parameters<Redis["sendCommand"]>[1]>;

/** UTF-16 units of commands that are held back at most, against huge values. */
const MAX_BATCH_LENGTH = 1_048_576;

/** Where a socket goes to. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly tlsOptions?: RedisTlsOptions;
}

/**
 * Opens a socket to a server, without any handshake. Rejects with the socket's
 * error.
 *
 * @param address The server.
 * @param signal Gives up, and closes the socket.
 */
export async function connectSocket(
  address: SocketAddress,
  signal: AbortSignal,
): Promise<RedisConnection> {
  signal.throwIfAborted();
  const { host, port } = address;
  const redis = new Redis({
    host,
    port,
    ...tlsOf(address),
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

/** What ioredis hands to `node:tls`. A certificate names hosts, seldom addresses. */
function tlsOf(
  { host, tls, tlsOptions = {} }: SocketAddress,
): { tls?: TlsOptions } {
  if (!tls) return {};
  const { ca, ...rest } = tlsOptions;
  return {
    tls: {
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca: typeof ca === "string" ? ca : [...ca] }),
      ...rest,
    },
  };
}

/** Turns an error within a reply into ours; passes anything else on. */
export function translateReply(command: string, reply: unknown): unknown {
  return isReplyError(reply)
    ? new RedisCommandError(command, reply.message)
    : reply;
}

class IoredisConnection implements RedisConnection, CommandListener {
  readonly #redis: Redis;
  readonly #batch: TurnBatch;
  #ended: Promise<void> | null = null;
  /** What the socket complained of last. */
  error: Error | null = null;
  replies = 0;
  onRefusal: ((refusal: RedisCommandError) => Error) | null = null;

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#batch = new TurnBatch(redis);
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
    const command = new ListenedCommand(this, outgoing);
    this.#redis.sendCommand(
      command as unknown as Command,
      this.#batch as unknown as CommandStream,
    );
  }

  flush(): void {
    this.#batch.flush();
  }

  replied(command: OutgoingCommand, reply: unknown): void {
    this.replies += 1;
    command.onReply(reply);
  }

  failed(command: OutgoingCommand, error: unknown): void {
    if (isReplyError(error)) {
      this.replies += 1;
      const refusal = new RedisCommandError(command.name, error.message);
      command.onError(this.onRefusal?.(refusal) ?? refusal);
      return;
    }
    // Whatever it is, the replies that follow could be anybody's.
    void this.destroy();
    command.onError(this.#lost());
  }

  onClose(listener: (error: ConnectionLostError) => void): void {
    if (this.#redis.status === "end") listener(this.#lost());
    else this.#redis.once("end", () => listener(this.#lost()));
  }

  onMessage(listener: MessageListener): void {
    const { stream } = this.#redis;
    // What ioredis makes of a message costs more than all that is done with it.
    const [decode] = stream.listeners("data") as [(data: Buffer) => void];
    const reader = new MessageReader(listener, decode);
    stream.off("data", decode);
    stream.on("data", (chunk: Buffer) => {
      try {
        reader.read(chunk);
      } catch (error) {
        void this.destroy(error as Error);
      }
    });
  }

  pause(): void {
    this.#redis.stream.pause();
  }

  resume(): void {
    this.#redis.stream.resume();
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

  #lost(): ConnectionLostError {
    return new ConnectionLostError(this.error ? { cause: this.error } : {});
  }
}

/** Lets the commands of one turn of the event loop leave in one write. */
class TurnBatch {
  readonly #redis: Redis;
  #text = "";

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Called by ioredis with a command in its RESP form. */
  write(command: string): boolean {
    if (this.#text === "") setImmediate(() => this.flush());
    this.#text += command;
    if (this.#text.length > MAX_BATCH_LENGTH) this.flush();
    return true;
  }

  // One string: corking the socket costs an object and a chunk a command.
  flush(): void {
    const text = this.#text;
    this.#text = "";
    const { stream } = this.#redis;
    if (text !== "" && stream.writable) stream.write(text);
  }
}

/** Not kept as a cause: ioredis hangs the arguments, secrets too, on it. */
function isReplyError(value: unknown): value is Error {
  return value instanceof Error && value.name === "ReplyError";
}
