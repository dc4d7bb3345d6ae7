// Copyright 2026 the HuleEdu authors. MIT license.

import {
  ConnectionLostError,
  type MessageListener,
  type OpenConnection,
  type OutgoingCommand,
  type RedisConnection,
} from "../../redis/_connection.ts";
import { RedisCommandError } from "../../redis/errors.ts";

/** A connection whose other end is the test. */
export class ScriptedConnection implements RedisConnection {
  readonly sent: OutgoingCommand[] = [];
  #listeners: Array<(error: ConnectionLostError) => void> = [];
  #onSend: () => void = () => {};
  closed = false;
  paused = false;
  replies = 0;
  onRefusal: RedisConnection["onRefusal"] = null;
  onMessage: MessageListener | null = null;

  send(command: OutgoingCommand): void {
    this.sent.push(command);
    this.#onSend();
  }

  sendAll(commands: readonly OutgoingCommand[]): void {
    for (const command of commands) this.send(command);
  }

  /** Answers the oldest command. */
  reply(value: unknown): void {
    this.replies += 1;
    this.sent.shift()?.onReply(value);
  }

  /** Refuses the oldest command. */
  refuse(answer: string): void {
    this.replies += 1;
    const command = this.sent.shift();
    command?.onError(new RedisCommandError(command.name, answer));
  }

  /** Resolves once so many commands wait for an answer. */
  async waitForCommands(count: number): Promise<void> {
    while (this.sent.length < count) {
      await new Promise<void>((resolve) => this.#onSend = resolve);
    }
  }

  /** Breaks, as a socket does: first the commands hear of it, then the owner. */
  lose(): void {
    this.closed = true;
    const error = new ConnectionLostError();
    for (const command of this.sent.splice(0)) command.onError(error);
    for (const listener of this.#listeners.splice(0)) listener(error);
  }

  flush(): void {}

  onClose(listener: (error: ConnectionLostError) => void): void {
    this.#listeners.push(listener);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  destroy(): Promise<void> {
    if (!this.closed) this.lose();
    return Promise.resolve();
  }
}

/** Opens scripted connections, and hands them to the test in turn. */
export class ScriptedServer {
  #waiting: Array<(connection: ScriptedConnection) => void> = [];
  readonly #opened: ScriptedConnection[] = [];
  #isClosed = false;
  /** Opens a connection. */
  readonly open: OpenConnection = () => {
    if (this.#isClosed) return Promise.reject(new Error("nobody is there"));
    const connection = new ScriptedConnection();
    const waiting = this.#waiting.shift();
    if (waiting) waiting(connection);
    else this.#opened.push(connection);
    return Promise.resolve(connection);
  };

  /** Opens no more. */
  close(): void {
    this.#isClosed = true;
  }

  /** The next connection, once it is open and in use. */
  async next(): Promise<ScriptedConnection> {
    const connection = this.#opened.shift() ??
      await new Promise<ScriptedConnection>((r) => this.#waiting.push(r));
    // Its owner takes it in the turns after.
    for (let i = 0; i < 5; i++) await Promise.resolve();
    return connection;
  }
}
