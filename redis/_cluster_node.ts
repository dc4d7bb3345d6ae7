// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import { CommandLink } from "./_command_link.ts";
import type { OpenConnection, RedisConnection } from "./_connection.ts";
import { GivenBackError } from "./_given_back_error.ts";
import { createOpener, label } from "./_open_connection.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { sharedController } from "./abort_scope.ts";

/** What a {@linkcode ClusterNode} needs. */
export interface ClusterNodeOptions {
  readonly address: RedisAddress;
  readonly clientId: string;
  readonly commandTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
  readonly logger?: Logger | undefined;
  /** Called when a connection is lost or cannot be opened. */
  readonly onLost: () => void;
}

/** A master of a cluster, connected to when it is first needed. */
export class ClusterNode {
  readonly #options: ClusterNodeOptions;
  readonly #link: CommandLink;
  readonly #open: OpenConnection;
  readonly #retired = sharedController();
  readonly #connections = new Set<RedisConnection>();
  #isStarted = false;
  readonly label: string;
  /** Whether it was used since somebody last looked. */
  isUsed = true;

  constructor(options: ClusterNodeOptions) {
    const { onLost } = options;
    this.#options = options;
    this.label = label(options.address);
    this.#open = createOpener(options);
    this.#link = new CommandLink({
      ...options,
      open: this.#open,
      onLost: () => {
        // What waits may be for another node by now.
        this.#link.giveBack();
        onLost();
      },
    });
  }

  get address(): RedisAddress {
    return this.#options.address;
  }

  /** The connection that commands share. */
  get link(): CommandLink {
    if (!this.#isStarted && !this.isRetired) {
      this.#isStarted = true;
      this.#link.startLater();
    }
    return this.#link;
  }

  /** Whether commands have got through to it, and do. */
  get isUp(): boolean {
    return this.#link.generation > 0 && !this.#link.isLost;
  }

  /** Whether it is known not to be there. */
  get isLost(): boolean {
    return this.#link.isLost;
  }

  get isRetired(): boolean {
    return this.#retired.signal.aborted;
  }

  /** Aborts with `GivenBackError` when it is a master no longer. */
  get retired(): AbortSignal {
    return this.#retired.signal;
  }

  flush(): void {
    if (this.#isStarted) this.#link.flush();
  }

  /** Opens a connection for one user; `GivenBackError` when it is retired. */
  async open(signal: AbortSignal): Promise<RedisConnection> {
    this.#retired.signal.throwIfAborted();
    try {
      return await this.#open(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.onLost();
      this.#retired.signal.throwIfAborted();
      throw error;
    }
  }

  /** Opens a connection that is closed when the node is retired. */
  async openBound(signal: AbortSignal): Promise<RedisConnection> {
    const connection = await this.open(signal);
    this.#connections.add(connection);
    connection.onClose(() => this.#connections.delete(connection));
    if (this.isRetired) void connection.destroy();
    return connection;
  }

  /** It is a master no longer: what it has in flight is all that it may do. */
  async retire(): Promise<void> {
    this.#retired.abort(new GivenBackError(false));
    const reason = new Error(`${this.label} is no longer a master`);
    for (const connection of this.#connections) {
      void connection.destroy(reason);
    }
    if (this.#isStarted) {
      await this.#link.retire(this.#options.commandTimeoutMs);
    }
  }

  /** Waits for what is in flight, at most `timeoutMs`, and closes. */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#isStarted) await this.#link.stop(timeoutMs);
  }
}
