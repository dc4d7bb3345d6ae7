// Copyright 2026 the HuleEdu authors. MIT license.

import { integer, kindOf, text } from "./arguments.ts";
import type { RedisAddress } from "./_redis_url.ts";
import {
  natMapOf,
  type RedisNatMap,
  type RedisServerAddress,
  serverAddresses,
} from "./server_address.ts";
import { readTlsOptions, type RedisTlsOptions } from "./tls_options.ts";

/** How the master of a group is found by way of its sentinels. */
export interface RedisSentinelOptions {
  /** The sentinels, best all of them: what most of them say counts. */
  readonly sentinels: readonly RedisServerAddress[];
  /** The name by which the sentinels know the master. */
  readonly name: string;
  /** The user of the master; the server's default user by default. */
  readonly username?: string;
  /** The password of the master. Never logged. */
  readonly password?: string;
  /**
   * The database.
   *
   * @default {0}
   */
  readonly database?: number;
  /** The user of the sentinels themselves. */
  readonly sentinelUsername?: string;
  /** The password of the sentinels themselves. Never logged. */
  readonly sentinelPassword?: string;
  /** Encrypts, to the master and to the sentinels; `true` for the defaults. */
  readonly tls?: boolean | RedisTlsOptions;
  /** Addresses to use instead of the master's own. */
  readonly natMap?: RedisNatMap;
}

/** Checked options of a group with sentinels. */
export interface SentinelSettings {
  readonly sentinels: readonly RedisAddress[];
  readonly name: string;
  /** How to log in to the master, wherever it is. */
  readonly login: ServerLogin;
  readonly natMap: RedisNatMap;
}

/** All of a server's address but where it is. */
export type ServerLogin = Omit<RedisAddress, "host" | "port">;

/** Checks the options of a group with sentinels. */
export function readSentinelOptions(value: unknown): SentinelSettings {
  const options = record("sentinel", value) as Partial<RedisSentinelOptions>;
  const name = text("sentinel.name", options.name);
  if (name === "") throw new RangeError('"sentinel.name" must not be empty');
  const { username, password, tls } = options;
  const database = integer("sentinel.database", options.database ?? 0);
  if (database < 0) {
    throw new RangeError(
      `"sentinel.database" must not be negative, received ${database}`,
    );
  }
  const { sentinelUsername, sentinelPassword } = options;
  const theirs = serverLogin("sentinel", {
    username: sentinelUsername,
    password: sentinelPassword,
    tls,
  });
  return {
    sentinels: serverAddresses("sentinel.sentinels", options.sentinels)
      .map((address) => ({ ...address, ...theirs })),
    name,
    login: serverLogin("sentinel", { username, password, tls, database }),
    natMap: natMapOf("sentinel.natMap", options.natMap),
  };
}

/** Checks how to log in. No message repeats a name or a password. */
export function serverLogin(
  field: string,
  { username, password, tls = false, database = 0 }: {
    readonly username: unknown;
    readonly password: unknown;
    readonly tls: unknown;
    readonly database?: number;
  },
): ServerLogin {
  if (username !== undefined && password === undefined) {
    throw new TypeError(`"${field}.username" needs a password`);
  }
  return {
    tls: tls !== false,
    db: database,
    ...(typeof tls !== "boolean" && {
      tlsOptions: readTlsOptions(`${field}.tls`, tls),
    }),
    ...(username !== undefined && {
      username: text(`${field}.username`, username),
    }),
    ...(password !== undefined && {
      password: text(`${field}.password`, password),
    }),
  };
}

/** Checks that a value is an object. */
export function record(field: string, value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value;
  }
  throw new TypeError(
    `"${field}" must be an object, received ${kindOf(value)}`,
  );
}
