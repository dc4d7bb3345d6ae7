// Copyright 2026 the HuleEdu authors. MIT license.

import { kindOf } from "./arguments.ts";

/** Where a server listens. */
export interface RedisServerAddress {
  /** Its name or address. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
}

/**
 * Addresses to use instead of those that sentinels and nodes give, where they
 * are behind a translation of addresses: by `host:port`.
 */
export type RedisNatMap = Readonly<Record<string, RedisServerAddress>>;

/** Checks that a value is the address of a server. */
export function serverAddress(
  field: string,
  value: unknown,
): RedisServerAddress {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(
      `"${field}" must be { host, port }, received ${kindOf(value)}`,
    );
  }
  const { host, port } = value as Readonly<Record<string, unknown>>;
  if (typeof host !== "string" || host === "") {
    throw new TypeError(`"${field}.host" must be the name of a host`);
  }
  if (Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536) {
    return { host, port: Number(port) };
  }
  throw new TypeError(`"${field}.port" must be a port number`);
}

/** Checks a list of addresses with at least one entry. */
export function serverAddresses(
  field: string,
  values: unknown,
): RedisServerAddress[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw new TypeError(
      `"${field}" must be a list of { host, port }, at least one`,
    );
  }
  return values.map((value, i) => serverAddress(`${field}[${i}]`, value));
}

/** Checks a map of addresses. */
export function natMapOf(field: string, value: unknown): RedisNatMap {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) {
    throw new TypeError(
      `"${field}" must be an object, received ${kindOf(value)}`,
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, address]) => [
      name,
      serverAddress(`${field}["${name}"]`, address),
    ]),
  );
}
