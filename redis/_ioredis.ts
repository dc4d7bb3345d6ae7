// Copyright 2026 the HuleEdu authors. MIT license.

// The only file that knows ioredis, which opens and closes sockets: one instance
// a physical connection, told never to reconnect, to queue or to send anything
// again (it runs INCR twice otherwise, and WATCH protects nothing). What is said
// on a socket is encoded and read here: as ioredis does it, it costs three times
// as much as all the rest of a call.

import { Redis } from "ioredis";
import type { Buffer } from "node:buffer";
import { isIP } from "node:net";
import { setImmediate } from "node:timers";
import { ConnectionLostError } from "./_connection.ts";
import type {
  MessageListener,
  OutgoingCommand,
  RedisConnection,
} from "./_connection.ts";
import { Fifo } from "./_fifo.ts";
import { encodeCommand } from "./_resp_encode.ts";
import { RespReader } from "./_resp_reader.ts";
import type { RespListener } from "./_resp_reader.ts";
import { RedisCommandError } from "./errors.ts";
import type { RedisTlsOptions } from "./tls_options.ts";

type TlsOptions = Omit<RedisTlsOptions, "ca"> & { ca?: string | string[] };

/**
 * With so many UTF-16 units of commands in hand they leave before the turn is
 * over, so that the server may begin; the next time in this turn with twice as
 * many, since each write costs something too.
 */
const FIRST_WRITE_LENGTH = 4_096;
const MAX_WRITE_LENGTH = 1_048_576;

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
    // It says nothing: the handshake is ours, see _open_connection.ts.
    protocol: 2,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: 0,
    keepAlive: 30_000,
    noDelay: true,
  });
  const connection = new IoredisConnection(redis);
  redis.once("connect", () => connection.open());
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

class IoredisConnection implements RedisConnection, RespListener {
  readonly #redis: Redis;
  readonly #batch: TurnBatch;
  readonly #inFlight = new Fifo<OutgoingCommand>();
  #ended: Promise<void> | null = null;
  /** What the socket complained of last. */
  error: Error | null = null;
  replies = 0;
  onRefusal: ((refusal: RedisCommandError) => Error) | null = null;
  onMessage: MessageListener | null = null;

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#batch = new TurnBatch(redis);
    // An "error" that nobody listens to is printed by ioredis.
    redis.on("error", (error: Error) => this.error ??= error);
    redis.once("end", () => this.#onEnd());
  }

  /** Takes over the socket, once it is open. */
  open(): void {
    const { stream } = this.#redis;
    const reader = new RespReader(this);
    stream.removeAllListeners("data");
    stream.on("data", (chunk: Buffer) => {
      try {
        reader.read(chunk);
      } catch (error) {
        // Whatever it is, what follows could be anybody's.
        void this.destroy(error as Error);
      }
    });
  }

  get closed(): boolean {
    const { status, stream } = this.#redis;
    return this.#ended !== null || status !== "ready" || !stream.writable;
  }

  send(command: OutgoingCommand): void {
    if (this.closed) return command.onError(this.#lost());
    let text: string;
    try {
      text = encodeCommand(command.name, command.args);
    } catch (error) {
      return command.onError(tooLong(command, error));
    }
    // Only what leaves is waited for: each reply is taken for the next one's.
    this.#batch.add(text);
    this.#inFlight.push(command);
  }

  sendAll(commands: readonly OutgoingCommand[]): void {
    if (this.closed) {
      for (const command of commands) command.onError(this.#lost());
      return;
    }
    const texts: string[] = [];
    for (const { name, args } of commands) {
      try {
        texts.push(encodeCommand(name, args));
      } catch (error) {
        const refused = tooLong({ name }, error);
        for (const command of commands) command.onError(refused);
        return;
      }
    }
    for (const text of texts) this.#batch.add(text);
    for (const command of commands) this.#inFlight.push(command);
  }

  flush(): void {
    this.#batch.flush();
  }

  onReply(reply: unknown): void {
    const command = this.#inFlight.shift();
    if (command === undefined) {
      // Such as why the server turns a new connection away.
      if (reply instanceof RedisCommandError) throw reply;
      throw new Error("Redis has sent a reply that answers no command");
    }
    this.replies += 1;
    if (reply instanceof RedisCommandError) {
      command.onError(this.onRefusal?.(reply) ?? reply);
    } else {
      command.onReply(reply);
    }
  }

  createError(answer: string): RedisCommandError {
    const name = this.#inFlight.first?.name ?? "the connection";
    return new RedisCommandError(name, answer);
  }

  onClose(listener: (error: ConnectionLostError) => void): void {
    if (this.#redis.status === "end") listener(this.#lost());
    else this.#redis.once("end", () => listener(this.#lost()));
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

  #onEnd(): void {
    const lost = this.#lost();
    for (;;) {
      const command = this.#inFlight.shift();
      if (command === undefined) return;
      command.onError(lost);
    }
  }

  #lost(): ConnectionLostError {
    return new ConnectionLostError(this.error ? { cause: this.error } : {});
  }
}

/** Lets the commands of one turn of the event loop leave together. */
class TurnBatch {
  readonly #redis: Redis;
  #text = "";
  #limit = FIRST_WRITE_LENGTH;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Adds a command in its RESP form. */
  add(command: string): void {
    // Two that are huge may be more than one text can hold.
    if (command.length > MAX_WRITE_LENGTH) this.flush();
    if (this.#text === "") setImmediate(() => this.#endTurn());
    this.#text += command;
    if (this.#text.length < this.#limit) return;
    this.flush();
    this.#limit = Math.min(this.#limit * 2, MAX_WRITE_LENGTH);
  }

  // One string: corking the socket costs an object and a chunk a command.
  flush(): void {
    const text = this.#text;
    this.#text = "";
    const { stream } = this.#redis;
    if (text !== "" && stream.writable) stream.write(text);
  }

  #endTurn(): void {
    this.flush();
    this.#limit = FIRST_WRITE_LENGTH;
  }
}

/** The text of a command is more than the engine can hold in one. */
function tooLong(
  { name }: Pick<OutgoingCommand, "name">,
  cause: unknown,
): RangeError {
  return new RangeError(
    `${name} was not sent: its arguments are too long together`,
    { cause },
  );
}
