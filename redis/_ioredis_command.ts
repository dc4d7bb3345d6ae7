// Copyright 2026 the HuleEdu authors. MIT license.

import { Command } from "ioredis";
import type { OutgoingCommand } from "./_connection.ts";

/** What is used here of ioredis' `Command`; its types hide some of it. */
interface CommandBase {
  args: readonly string[];
  isSettled: boolean;
  readonly promise?: Promise<unknown>;
  transformReply(reply: unknown): unknown;
}

const COMMAND_BASE = Command as unknown as new (
  name: string,
  args: readonly string[],
  options: { readonly replyEncoding: "utf8" },
) => CommandBase;

const TEXT = { replyEncoding: "utf8" } as const;
const NO_ARGUMENTS: readonly string[] = [];

/** Who hears of the end of commands. */
export interface CommandListener {
  /** Takes the reply to a command, as text. */
  replied(command: OutgoingCommand, reply: unknown): void;
  /** Takes what ioredis rejects a command with. */
  failed(command: OutgoingCommand, error: unknown): void;
}

/**
 * A command that tells a listener. The promise and the closures that `Command`
 * makes for it would be a fifth of what a whole call costs.
 */
export class ListenedCommand extends COMMAND_BASE {
  readonly #listener: CommandListener;
  readonly #outgoing: OutgoingCommand;

  constructor(listener: CommandListener, outgoing: OutgoingCommand) {
    // `Command` would copy the arguments, to flatten them.
    super(outgoing.name, NO_ARGUMENTS, TEXT);
    this.args = outgoing.args;
    this.#listener = listener;
    this.#outgoing = outgoing;
    // There only where another ioredis makes its promise by another method,
    // which then hides the two below.
    this.promise?.then(
      (reply) => listener.replied(outgoing, reply),
      (error: unknown) => listener.failed(outgoing, error),
    );
  }

  /** Called by `Command` where it would make its promise. */
  initPromise(): void {}

  /** Called by ioredis with the reply. */
  resolve(reply: unknown): void {
    this.isSettled = true;
    this.#listener.replied(this.#outgoing, this.transformReply(reply));
  }

  /** Called by ioredis with the refusal, or when the connection is lost. */
  reject(error: unknown): void {
    this.isSettled = true;
    this.#listener.failed(this.#outgoing, error);
  }
}
