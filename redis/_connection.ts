// Copyright 2026 the HuleEdu authors. MIT license.

import type { RedisCommandError } from "./errors.ts";

/** A command on its way, and who is told of its end. Exactly one is called. */
export interface OutgoingCommand {
  readonly name: string;
  readonly args: readonly string[];
  /** Takes the reply. */
  onReply(reply: unknown): void;
  /**
   * Takes a `RedisCommandError` when the server refused the command, or a
   * `ConnectionLostError` when no reply will come.
   */
  onError(error: Error): void;
}

/**
 * One physical connection, from its handshake to its end. It never reconnects
 * and never sends anything twice: what comes back after an outage is another
 * connection.
 */
export interface RedisConnection {
  /** Whether it can no longer be used. */
  readonly closed: boolean;
  /** The replies received so far; what stands still for long is deaf. */
  readonly replies: number;
  /** What is made of a refusal before the command hears of it. */
  onRefusal: ((refusal: RedisCommandError) => Error) | null;
  /** Sends a command, or tells it at once why it cannot be sent. */
  send(command: OutgoingCommand): void;
  /** Sends all of the commands, in one write, or none of them. */
  sendAll(commands: readonly OutgoingCommand[]): void;
  /** Lets what was sent in this turn of the event loop leave at once. */
  flush(): void;
  /** Calls back once, when the connection has ended. */
  onClose(listener: (error: ConnectionLostError) => void): void;
  /** Takes each message of a subscribed channel or pattern. */
  onMessage: MessageListener | null;
  /** Stops to read the socket; the chunk at hand is still handed on. */
  pause(): void;
  /** Reads the socket again. */
  resume(): void;
  /**
   * Closes the socket at once; resolves when it is closed.
   *
   * @param reason Why, where the other end is to blame.
   */
  destroy(reason?: Error): Promise<void>;
}

/** Takes a message, with the pattern where it was subscribed to by one. */
export type MessageListener = (
  channel: string,
  message: string,
  pattern?: string,
) => void;

/** Opens a connection, or rejects with `RedisConnectionError`. */
export type OpenConnection = (signal: AbortSignal) => Promise<RedisConnection>;

/** The connection ended before the reply. */
export class ConnectionLostError extends Error {
  constructor(options?: ErrorOptions) {
    super("The connection was lost", options);
    this.name = "ConnectionLostError";
  }
}

/**
 * The server has refused a command for what it is itself, no master any more, so
 * that the command was not applied and its connection is no use.
 */
export class NotMasterError extends ConnectionLostError {
  readonly connection: RedisConnection;

  constructor(connection: RedisConnection, options?: ErrorOptions) {
    super(options);
    this.connection = connection;
  }
}

/** Sends a command and waits for its reply, however long that takes. */
export function ask(
  connection: RedisConnection,
  name: string,
  args: readonly string[] = [],
): Promise<unknown> {
  return new Promise((onReply, onError) => {
    connection.send({ name, args, onReply, onError });
  });
}

/** Sends all of the commands or none, and gives the replies to come. */
export function askAll(
  connection: RedisConnection,
  commands: readonly Pick<OutgoingCommand, "name" | "args">[],
): Array<Promise<unknown>> {
  const outgoing: OutgoingCommand[] = [];
  const replies = commands.map(({ name, args }) =>
    new Promise<unknown>((onReply, onError) => {
      outgoing.push({ name, args, onReply, onError });
    })
  );
  connection.sendAll(outgoing);
  return replies;
}
