// Copyright 2026 the HuleEdu authors. MIT license.

import { kindOf } from "./arguments.ts";
import type { RedisTlsOptions } from "./tls_options.ts";

/** A server, and how to log in to it. Never logged as a whole. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly tlsOptions?: RedisTlsOptions;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
}

/** Reads `redis://user:password@host:port/db`, or `rediss://` for TLS. */
export function parseRedisUrl(url: unknown): RedisAddress {
  // The text may hold a password: no message repeats it.
  const rule = '"url" must be a redis:// or rediss:// URL';
  if (typeof url !== "string") {
    throw new TypeError(`${rule}, received ${kindOf(url)}`);
  }
  const parsed = parseUrl(url);
  if (parsed === null) {
    throw new TypeError(`${rule}, received text that is no URL`);
  }
  const { protocol, hostname, port, username, password, pathname } = parsed;
  if (protocol !== "redis:" && protocol !== "rediss:") {
    throw new TypeError(`${rule}, received ${protocol}//`);
  }
  if (hostname === "") throw new TypeError('"url" must name a host');
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? 6379 : Number(port),
    tls: protocol === "rediss:",
    db: parseDatabase(pathname),
    ...(username === "" ? {} : { username: decodePart(username) }),
    ...(password === "" ? {} : { password: decodePart(password) }),
  };
}

function parseUrl(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function parseDatabase(pathname: string): number {
  const text = pathname.replace(/^\//, "");
  if (text === "") return 0;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new TypeError('The path of "url" must be a database number');
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError('The user or password of "url" is not URL-encoded');
  }
}
