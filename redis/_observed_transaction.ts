// Copyright 2026 the HuleEdu authors. MIT license.

import type { CommandTelemetry } from "./_command_telemetry.ts";
import type { TransactionBackend } from "./transaction.ts";
import type { WireCommand } from "./wire_command.ts";

/** A transaction's connection, with its keys still to be watched. */
export interface WatchingBackend extends TransactionBackend {
  watch(keys: readonly string[]): Promise<void>;
}

/** Tells OpenTelemetry of a transaction: of each read, and of EXEC as one batch. */
export class ObservedTransaction implements WatchingBackend {
  readonly #backend: WatchingBackend;
  readonly #telemetry: CommandTelemetry;

  constructor(backend: WatchingBackend, telemetry: CommandTelemetry) {
    this.#backend = backend;
    this.#telemetry = telemetry;
  }

  watch(keys: readonly string[]): Promise<void> {
    return this.#telemetry.observe(
      { name: "WATCH" },
      () => this.#backend.watch(keys),
    );
  }

  read<Reply>(command: WireCommand): Promise<Reply> {
    const { name } = command;
    return this.#telemetry.observe(
      { name },
      () => this.#backend.read<Reply>(command),
    );
  }

  execute(commands: readonly WireCommand[]): Promise<unknown[] | null> {
    return this.#telemetry.observe(
      { name: "EXEC", batchSize: commands.length },
      () => this.#backend.execute(commands),
    );
  }

  unwatch(): Promise<void> {
    return this.#backend.unwatch();
  }

  close(): Promise<void> {
    return this.#backend.close();
  }
}
