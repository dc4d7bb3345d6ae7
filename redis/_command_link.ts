// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import { Backoff } from "./_backoff.ts";
import { NotMasterError } from "./_connection.ts";
import type {
  ConnectionLostError,
  OpenConnection,
  RedisConnection,
} from "./_connection.ts";
import { DeadlineQueue } from "./_deadline_queue.ts";
import { GivenBackError } from "./_given_back_error.ts";
import type { Link } from "./_link.ts";
import { connectionError, isRefusal, label } from "./_open_connection.ts";
import { pause } from "./_pause.ts";
import { PendingCommand } from "./_pending_command.ts";
import type { PendingCommandOwner } from "./_pending_command.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { sharedController } from "./abort_scope.ts";
import { NotStartedError, OutcomeUnknownError } from "./errors.ts";
import type { WireCommand } from "./wire_command.ts";

/** What a {@linkcode CommandLink} needs. */
export interface CommandLinkOptions {
  readonly address: RedisAddress;
  readonly open: OpenConnection;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
  readonly clientId: string;
  readonly logger?: Logger | undefined;
  /** Called when a connection is lost, and whenever none can be opened. */
  readonly onLost?: () => void;
}

/**
 * The connection that commands share, opened anew whenever it breaks. Every
 * command settles within its deadline, and none is sent twice unless a second
 * run could not be told from one.
 */
export class CommandLink implements Link, PendingCommandOwner {
  readonly #options: CommandLinkOptions;
  readonly #pending = new DeadlineQueue<PendingCommand>((command) =>
    this.#expire(command)
  );
  #running = false;
  #closing = sharedController();
  #connection: RedisConnection | null = null;
  #backoff = new Backoff();
  #lastError: unknown;
  #onDrained: (() => void) | null = null;
  /** Commands that may have been applied on a connection before. */
  readonly #lostOnce = new WeakSet<PendingCommand>();
  readonly isCluster = false;
  generation = 0;
  /** Called before a command is taken, for what is to be sent before it. */
  beforeSend: (() => void) | undefined;

  constructor(options: CommandLinkOptions) {
    this.#options = options;
  }

  /** Opens the first connection. */
  async start(): Promise<void> {
    this.#closing = sharedController();
    const connection = await this.#options.open(this.#closing.signal);
    this.#running = true;
    this.#backoff = new Backoff();
    this.#attach(connection);
  }

  /** Takes commands from now on, and opens the first connection meanwhile. */
  startLater(): void {
    this.#closing = sharedController();
    this.#running = true;
    this.#backoff = new Backoff();
    void this.#reconnect();
  }

  /** Whether the last connection was lost, or the first could not be opened. */
  get isLost(): boolean {
    return this.#lastError !== undefined;
  }

  /** Rejects what waits for a connection with `GivenBackError`. */
  giveBack(): void {
    for (const command of this.#pending.toArray()) {
      if (command.connection !== null) continue;
      this.settled(command);
      command.fail(new GivenBackError(command.wasSent));
    }
  }

  /** Takes no more: gives back what waits, lets the rest be answered, closes. */
  async retire(timeoutMs: number): Promise<void> {
    this.giveBack();
    if (!this.#pending.empty) await this.#drain(timeoutMs);
    await this.stop(0);
  }

  /** A deadline for a command issued now. */
  deadline(): number {
    // Each command takes its deadline here first. What waits to be sent before
    // it has the earlier one: without a connection, they leave in that order.
    this.beforeSend?.();
    return performance.now() + this.#options.commandTimeoutMs;
  }

  run<Reply>(
    command: WireCommand,
    deadline: number = this.deadline(),
  ): Promise<Reply> {
    if (!this.#running) {
      return Promise.reject(new NotStartedError(this.#options.subject));
    }
    return new Promise((resolve, reject) => {
      const pending = new PendingCommand(
        this,
        command,
        deadline,
        resolve as (reply: unknown) => void,
        reject,
      );
      this.#pending.add(pending);
      if (this.#connection !== null) pending.sendOn(this.#connection);
    });
  }

  /** Sends at once what is held back for the rest of the turn. */
  flush(): void {
    this.#connection?.flush();
  }

  /** Waits for what is in flight, at most `timeoutMs`, and closes. */
  async stop(timeoutMs: number): Promise<void> {
    this.#running = false;
    // What waits for the first connection is in flight too, not for a lost one.
    if (!this.#pending.empty && !this.isLost) {
      await this.#drain(timeoutMs);
    }
    this.#closing.abort(new NotStartedError(this.#options.subject));
    const connection = this.#connection;
    this.#connection = null;
    this.#abandon("the client was stopped");
    this.#pending.stop();
    await connection?.destroy();
  }

  /** A reply, or a refusal, has come. */
  settled(command: PendingCommand): void {
    this.#pending.delete(command);
    if (this.#onDrained !== null && this.#pending.empty) this.#onDrained();
  }

  /** The connection that a command was sent on is gone. */
  lost(command: PendingCommand, error: ConnectionLostError): void {
    if (error instanceof NotMasterError) {
      command.wasSent = this.#lostOnce.has(command);
      this.#onClose(error.connection, error);
      if (this.#connection !== null) command.sendOn(this.#connection);
    } else if (command.wire.kind === "once") {
      this.settled(command);
      command.fail(this.#failure(command, this.#lostReason(), error));
    } else {
      this.#lostOnce.add(command);
      if (this.#connection !== null) command.sendOn(this.#connection);
    }
  }

  #attach(connection: RedisConnection): void {
    this.#connection = connection;
    this.#backoff.connected(connection);
    this.#lastError = undefined;
    this.generation += 1;
    connection.onClose((error) => this.#onClose(connection, error));
    for (const command of this.#pending.toArray()) {
      if (command.connection === null) command.sendOn(connection);
    }
  }

  #onClose(connection: RedisConnection, error: ConnectionLostError): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#lastError = error.cause ?? error;
    if (!this.#running) {
      this.#abandon(this.#lostReason());
      return;
    }
    this.#log("warn", "Redis connection lost", { error: this.#lastError });
    this.#backoff.lost(connection);
    void this.#reconnect();
    this.#options.onLost?.();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await pause(this.#backoff.next(), signal);
        const connection = await this.#options.open(signal);
        if (signal.aborted) return void connection.destroy();
        if (this.isLost) this.#log("info", "Redis connection restored");
        this.#attach(connection);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#lastError = error;
        // A refused login does not get better within the deadline.
        if (isRefusal(error)) this.#abandon(this.#unreachableReason());
        this.#options.onLost?.();
      }
    }
  }

  /** Fails everything that is left. */
  #abandon(reason: string): void {
    for (const command of this.#pending.toArray()) {
      this.#pending.delete(command);
      command.fail(this.#failure(command, reason, this.#lastError));
    }
    this.#onDrained?.();
  }

  #expire(command: PendingCommand): void {
    const { connection } = command;
    const reason = connection === null
      ? this.#unreachableReason()
      : `no reply from ${this.#server()} within ` +
        `${this.#options.commandTimeoutMs} ms`;
    command.fail(this.#failure(command, reason, this.#lastError));
    // Not one reply to anything since then: the other end is gone, and the
    // socket would not tell for minutes.
    if (connection?.replies === command.repliesBefore) {
      void connection.destroy(new Error(reason));
    }
    if (this.#pending.empty) this.#onDrained?.();
  }

  async #drain(timeoutMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#onDrained = resolve;
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
    this.#onDrained = null;
  }

  #failure(
    { wire, wasSent }: PendingCommand,
    reason: string,
    cause: unknown,
  ): Error {
    const { address } = this.#options;
    const name = wire.subject ?? wire.name;
    if (!wasSent) {
      return connectionError(address, `${name} was not sent: ${reason}`, cause);
    }
    if (wire.kind === "read") {
      return connectionError(address, `${name} failed: ${reason}`, cause);
    }
    return new OutcomeUnknownError(name, reason, { cause });
  }

  #server(): string {
    return `Redis at ${label(this.#options.address)}`;
  }

  #lostReason(): string {
    return `the connection to ${this.#server()} was lost before the reply`;
  }

  #unreachableReason(): string {
    return `no connection to ${this.#server()}`;
  }

  #log(level: "info" | "warn", message: string, fields = {}): void {
    const { logger, clientId, address } = this.#options;
    logger?.[level](message, {
      client_id: clientId,
      address: label(address),
      ...fields,
    });
  }
}
