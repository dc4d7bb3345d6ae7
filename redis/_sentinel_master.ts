// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import { askWithin } from "./_ask_within.ts";
import { ask, NotMasterError } from "./_connection.ts";
import type { RedisConnection } from "./_connection.ts";
import { connectionError, createOpener, label } from "./_open_connection.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { Sentinels } from "./_sentinels.ts";
import { AbortScope } from "./abort_scope.ts";
import { RedisCommandError } from "./errors.ts";
import type { SentinelSettings } from "./sentinel_options.ts";
import type { RedisServerAddress } from "./server_address.ts";

/** What a {@linkcode SentinelMaster} needs. */
export interface SentinelMasterOptions {
  readonly settings: SentinelSettings;
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly logger?: Logger | undefined;
}

/**
 * How often the sentinels are asked while the client is started: a replaced
 * master that is cut off, or only read from, does not tell by itself.
 */
const WATCH_MS = 1_000;

/** The master of a group, wherever it is: each connection goes to it. */
export class SentinelMaster {
  readonly #options: SentinelMasterOptions;
  readonly #sentinels: Sentinels;
  /** Connections that are open or being opened, and how to close them. */
  readonly #connections = new Map<object, Opened>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #current: RedisServerAddress;
  /** Where the master is, as far as is known; changes when that changes. */
  readonly address: RedisAddress;

  constructor(options: SentinelMasterOptions) {
    const { settings, clientId } = options;
    this.#options = options;
    this.#sentinels = new Sentinels(settings, clientId);
    this.#current = settings.sentinels[0]!;
    const current = () => this.#current;
    this.address = {
      ...settings.login,
      get host() {
        return current().host;
      },
      get port() {
        return current().port;
      },
    };
  }

  start(): void {
    this.#sentinels.start();
    this.#timer = setInterval(() => void this.#watch(), WATCH_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sentinels.stop();
  }

  /** Opens a connection to the master of the moment. */
  async open(signal: AbortSignal): Promise<RedisConnection> {
    const { settings, clientId, connectTimeoutMs, logger } = this.#options;
    const found = await this.#sentinels.ask();
    signal.throwIfAborted();
    this.#current = found;
    const address = { ...settings.login, ...found };
    const moved = new AbortController();
    this.#connections.set(moved, {
      label: label(address),
      close: (reason) => moved.abort(reason),
    });
    try {
      using scope = new AbortScope([signal, moved.signal]);
      const open = createOpener({
        address,
        clientId,
        connectTimeoutMs,
        logger,
      });
      const connection = await open(scope.signal);
      await this.#requireMaster(connection, address);
      this.#keep(connection, label(address));
      return connection;
    } finally {
      this.#connections.delete(moved);
    }
  }

  async #requireMaster(
    connection: RedisConnection,
    address: RedisAddress,
  ): Promise<void> {
    const { connectTimeoutMs, settings: { name } } = this.#options;
    let role: unknown;
    try {
      role = await askWithin(connection, connectTimeoutMs, "ROLE");
      if ((role as unknown[])[0] === "master") return;
    } catch (error) {
      // An access list may forbid it: then its refusal of a write tells.
      if (error instanceof RedisCommandError) return;
      role = error;
    }
    await connection.destroy();
    throw connectionError(
      address,
      `Redis at ${label(address)} is not the master "${name}" yet`,
      role instanceof Error ? role : undefined,
    );
  }

  #keep(connection: RedisConnection, at: string): void {
    this.#connections.set(connection, {
      label: at,
      close: (reason) => void connection.destroy(reason),
    });
    connection.onClose(() => this.#connections.delete(connection));
    let retired = false;
    connection.onRefusal = (refusal) => {
      if (!isDemotion(refusal)) return refusal;
      if (!retired) {
        retired = true;
        // What was sent before is answered before this is.
        const close = () => void connection.destroy(refusal);
        ask(connection, "PING").then(close, close);
      }
      return new NotMasterError(connection, { cause: refusal });
    };
  }

  /** Closes what does not go to the master. */
  async #watch(): Promise<void> {
    const found = await this.#sentinels.ask().catch(() => null);
    if (found === null) return;
    this.#current = found;
    const at = label(found);
    const { name } = this.#options.settings;
    for (const opened of this.#connections.values()) {
      if (opened.label === at) continue;
      opened.close(new Error(`The master "${name}" is at ${at} now`));
    }
  }
}

interface Opened {
  readonly label: string;
  readonly close: (reason: Error) => void;
}

const DEMOTION =
  /^(EXECABORT .*: |ERR Error running script .*: -)?READONLY You can't write/;

/**
 * Whether a server refuses for being a replica. A wait that it ends as it
 * becomes one has taken nothing.
 */
function isDemotion({ code, answer }: RedisCommandError): boolean {
  // In the server's words: a script may answer with a code of its own. Behind
  // other words it is why EXEC was refused, or a script in Redis 6.
  return code === "UNBLOCKED" || DEMOTION.test(answer);
}
