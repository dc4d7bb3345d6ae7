// Copyright 2026 the HuleEdu authors. MIT license.

import { ConnectionLostError } from "./_connection.ts";
import type { OutgoingCommand, RedisConnection } from "./_connection.ts";
import type { DeadlineEntry } from "./_deadline_queue.ts";
import type { WireCommand } from "./wire_command.ts";

/** Who is told what became of a command on a connection. */
export interface PendingCommandOwner {
  /** A reply, or a refusal, has come. */
  settled(command: PendingCommand): void;
  /** The connection that it was sent on is gone. */
  lost(command: PendingCommand, error: ConnectionLostError): void;
}

/** A command that a caller waits for. */
export class PendingCommand implements OutgoingCommand, DeadlineEntry {
  readonly #owner: PendingCommandOwner;
  readonly #resolve: (reply: unknown) => void;
  readonly #reject: (error: Error) => void;
  #settled = false;
  readonly wire: WireCommand;
  readonly deadline: number;
  previous: PendingCommand | null = null;
  next: PendingCommand | null = null;
  /** Where it is in flight; `null` while it waits for a connection. */
  connection: RedisConnection | null = null;
  /** The replies that the connection had received when it was sent. */
  repliesBefore = 0;
  /** Whether it has left at least once. */
  wasSent = false;

  constructor(
    owner: PendingCommandOwner,
    wire: WireCommand,
    deadline: number,
    resolve: (reply: unknown) => void,
    reject: (error: Error) => void,
  ) {
    this.#owner = owner;
    this.wire = wire;
    this.deadline = deadline;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get name(): string {
    return this.wire.name;
  }

  get args(): readonly string[] {
    return this.wire.args;
  }

  /** Hands it to a connection, which may be closed and not have said so. */
  sendOn(connection: RedisConnection): void {
    if (connection.closed) return;
    this.connection = connection;
    this.repliesBefore = connection.replies;
    this.wasSent = true;
    connection.send(this);
  }

  onReply(reply: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#owner.settled(this);
    this.#resolve(reply);
  }

  onError(error: Error): void {
    if (this.#settled) return;
    if (error instanceof ConnectionLostError) {
      this.connection = null;
      this.#owner.lost(this, error);
      return;
    }
    this.#owner.settled(this);
    this.fail(error);
  }

  /** Rejects; the owner has let go of it. */
  fail(error: Error): void {
    this.#settled = true;
    this.#reject(error);
  }
}
