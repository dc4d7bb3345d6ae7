// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import { kindOf, MAX_TIMEOUT_MS, text, timerMs } from "./arguments.ts";
import { Cluster, type ClusterOptions } from "./_cluster.ts";
import type { OpenConnection } from "./_connection.ts";
import { createOpener } from "./_open_connection.ts";
import { parseRedisUrl } from "./_redis_url.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { SentinelMaster } from "./_sentinel_master.ts";
import { readClusterOptions } from "./cluster_options.ts";
import type { RedisConnectionOptions } from "./connection_options.ts";
import { readSentinelOptions } from "./sentinel_options.ts";
import { readTlsOptions } from "./tls_options.ts";

/** Checked options, and what every part of a client needs. */
export interface ClientSettings {
  /** The server, as messages name it. */
  readonly address: RedisAddress;
  readonly open: OpenConnection;
  /** Where the server is the master of a group with sentinels. */
  readonly master?: SentinelMaster;
  /** Where it is a cluster. */
  readonly cluster?: Cluster;
  readonly clientId: string;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
  readonly logger: Logger | undefined;
}

const WAYS = ["url", "sentinel", "cluster"] as const;

/** Checks the options of a client; nothing is opened. */
export function readOptions(
  name: string,
  options: RedisConnectionOptions,
): ClientSettings {
  return creating(name, () => {
    const clientId = text("clientId", options.clientId);
    if (clientId === "") throw new RangeError('"clientId" must not be empty');
    const { commandTimeoutMs = 5_000, connectTimeoutMs = 5_000, logger } =
      options;
    const common = {
      clientId,
      commandTimeoutMs: timerMs("commandTimeoutMs", commandTimeoutMs),
      connectTimeoutMs: timerMs("connectTimeoutMs", connectTimeoutMs),
      subject: `${name} "${clientId}"`,
      logger,
    };
    return { ...readServer(options, common), ...common };
  });
}

/** Checks options; an error says what could not be made. */
export function creating<T>(name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof Error) {
      error.message = `Cannot create ${name}: ${error.message}`;
    }
    throw error;
  }
}

type Server = Pick<ClientSettings, "address" | "open" | "master" | "cluster">;

/** Which of the three ways to reach Redis was taken. */
function readServer(
  options: RedisConnectionOptions,
  common: Omit<ClusterOptions, "settings">,
): Server {
  const { url, sentinel, cluster: clusterOptions, tls } = options;
  const given = WAYS.filter((way) => options[way] !== undefined);
  if (given.length !== 1) {
    throw new TypeError(
      `exactly one of "url", "sentinel" and "cluster" is needed, received ${
        given.length === 0 ? "none" : `"${given.join('" and "')}"`
      }`,
    );
  }
  if (tls !== undefined && url === undefined) {
    throw new TypeError(`"tls" goes with "url": use "${given[0]}.tls"`);
  }
  if (sentinel !== undefined) {
    const settings = readSentinelOptions(sentinel);
    const master = new SentinelMaster({ ...common, settings });
    const { address } = master;
    return { address, master, open: (signal) => master.open(signal) };
  }
  if (clusterOptions !== undefined) {
    const settings = readClusterOptions(clusterOptions);
    const cluster = new Cluster({ ...common, settings });
    const { address } = cluster;
    return { address, cluster, open: (signal) => cluster.openAny(signal) };
  }
  const address = withTls(parseRedisUrl(url), tls);
  return { address, open: createOpener({ ...common, address }) };
}

function withTls(address: RedisAddress, tls: unknown): RedisAddress {
  if (tls === undefined) return address;
  const tlsOptions = readTlsOptions("tls", tls);
  if (address.tls) return { ...address, tlsOptions };
  throw new TypeError('"tls" needs a rediss:// URL');
}

/** The milliseconds that a stop may take. */
export function stopTimeout(timeoutMs: unknown): number {
  if (timeoutMs === undefined) return 30_000;
  if (typeof timeoutMs === "number" && timeoutMs >= 0) {
    return Math.min(timeoutMs, MAX_TIMEOUT_MS);
  }
  throw new RangeError(
    `"timeoutMs" must be a number of milliseconds from 0, received ${
      typeof timeoutMs === "number" ? timeoutMs : kindOf(timeoutMs)
    }`,
  );
}
