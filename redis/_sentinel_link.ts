// Copyright 2026 the HuleEdu authors. MIT license.

import { CommandLink, type CommandLinkOptions } from "./_command_link.ts";
import type { SentinelMaster } from "./_sentinel_master.ts";

/** The shared connection to a master, with the watch over where that is. */
export class SentinelLink extends CommandLink {
  readonly #master: SentinelMaster;

  constructor(options: CommandLinkOptions, master: SentinelMaster) {
    super(options);
    this.#master = master;
  }

  override async start(): Promise<void> {
    this.#master.start();
    try {
      await super.start();
    } catch (error) {
      await this.#master.stop();
      throw error;
    }
  }

  override async stop(timeoutMs: number): Promise<void> {
    await super.stop(timeoutMs);
    await this.#master.stop();
  }
}
