// Copyright 2026 the HuleEdu authors. MIT license.

import { NotStartedError, RedisCommandError } from "../redis/errors.ts";
import type { TransactionBackend } from "../redis/transaction.ts";
import type { WireCommand, WireExecutor } from "../redis/wire_command.ts";
import { ErrorReply } from "./_memory_errors.ts";
import { interpret } from "./_memory_interpreter.ts";
import type { MemoryKeyspace } from "./_memory_keyspace.ts";

/** Runs the commands of a client on a keyspace, as a server would. */
export class MemoryServer implements WireExecutor {
  readonly #subject: string;
  readonly #keys: MemoryKeyspace;
  readonly #onChange: () => void;
  running = false;
  readonly generation = 1;

  constructor(subject: string, keys: MemoryKeyspace, onChange: () => void) {
    this.#subject = subject;
    this.#keys = keys;
    this.#onChange = onChange;
  }

  /** Refuses what comes before a start or after a stop. */
  checkRunning(): void {
    if (!this.running) throw new NotStartedError(this.#subject);
  }

  // deno-lint-ignore require-await -- what it throws must be a rejection.
  async run<Reply>(command: WireCommand): Promise<Reply> {
    return this.apply(() => this.call(command.name, command.args)) as Reply;
  }

  /** Runs work that may change keys, as one step. */
  apply<T>(work: () => T): T {
    this.checkRunning();
    try {
      return work();
    } finally {
      this.#onChange();
    }
  }

  /** Runs a command as a part of a step. */
  call(name: string, args: readonly string[]): unknown {
    try {
      return interpret(this.#keys, name, args);
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error;
      throw new RedisCommandError(name, error.message);
    }
  }

  /** Begins a transaction that watches keys. */
  begin(watched: readonly string[]): TransactionBackend {
    let versions = new Map(
      watched.map((key) => [key, this.#keys.version(key)]),
    );
    return {
      read: (command) => this.run(command),
      // deno-lint-ignore require-await -- what it throws must be a rejection.
      execute: async (commands) =>
        this.apply(() => {
          for (const [key, version] of versions) {
            if (this.#keys.version(key) !== version) return null;
          }
          return this.#callAll(commands);
        }),
      unwatch: () => {
        versions = new Map();
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }

  /** Like EXEC: one that is refused does not keep the others back. */
  #callAll(commands: readonly WireCommand[]): unknown[] {
    return commands.map(({ name, args }) => {
      try {
        return this.call(name, args);
      } catch (error) {
        if (error instanceof RedisCommandError) return error;
        throw error;
      }
    });
  }
}
