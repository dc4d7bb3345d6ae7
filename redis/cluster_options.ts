// Copyright 2026 the HuleEdu authors. MIT license.

import {
  natMapOf,
  type RedisNatMap,
  type RedisServerAddress,
  serverAddresses,
} from "./server_address.ts";
import { record, type ServerLogin, serverLogin } from "./sentinel_options.ts";
import type { RedisTlsOptions } from "./tls_options.ts";

/** How a cluster is reached. */
export interface RedisClusterOptions {
  /** Some of its nodes, to ask for the others. */
  readonly nodes: readonly RedisServerAddress[];
  /** The user; the servers' default user by default. */
  readonly username?: string;
  /** The password. Never logged. */
  readonly password?: string;
  /** Encrypts; `true` for the defaults. */
  readonly tls?: boolean | RedisTlsOptions;
  /** Addresses to use instead of those that the nodes give. */
  readonly natMap?: RedisNatMap;
}

/** Checked options of a cluster. */
export interface ClusterSettings {
  readonly nodes: readonly RedisServerAddress[];
  readonly login: ServerLogin;
  readonly natMap: RedisNatMap;
}

/** Checks the options of a cluster. */
export function readClusterOptions(value: unknown): ClusterSettings {
  const options = record("cluster", value) as Partial<RedisClusterOptions>;
  const { username, password, tls } = options;
  return {
    nodes: serverAddresses("cluster.nodes", options.nodes),
    login: serverLogin("cluster", { username, password, tls }),
    natMap: natMapOf("cluster.natMap", options.natMap),
  };
}
