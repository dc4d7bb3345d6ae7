// Copyright 2026 the HuleEdu authors. MIT license.

import { kindOf } from "./arguments.ts";

/**
 * How connections are encrypted. Servers show a certificate that is checked
 * against the authorities of the runtime, or against `ca`; with `cert` and `key`
 * the client shows one too.
 */
export interface RedisTlsOptions {
  /** Certificates of the authorities to trust instead, PEM. */
  readonly ca?: string | readonly string[];
  /** The client's own certificate, PEM. Needs `key`. */
  readonly cert?: string;
  /** The private key of `cert`, PEM. Never logged. */
  readonly key?: string;
  /**
   * The name that the server's certificate must be for, where it is not the host
   * that is connected to.
   */
  readonly servername?: string;
  /**
   * `false` takes any certificate: encrypted, but to whom is not known. For tests.
   *
   * @default {true}
   */
  readonly rejectUnauthorized?: boolean;
}

/**
 * Checks TLS options; none of their values is ever in an error.
 *
 * @param field What they are called in an error.
 * @param value The options.
 */
export function readTlsOptions(field: string, value: unknown): RedisTlsOptions {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(
      `"${field}" must be an object, received ${kindOf(value)}`,
    );
  }
  const options = value as Readonly<Record<string, unknown>>;
  for (const name of ["cert", "key", "servername"]) {
    requireKind(`${field}.${name}`, options[name], "string");
  }
  requireKind(
    `${field}.rejectUnauthorized`,
    options.rejectUnauthorized,
    "boolean",
  );
  for (const each of Array.isArray(options.ca) ? options.ca : [options.ca]) {
    requireKind(`${field}.ca`, each, "string");
  }
  if ((options.cert === undefined) !== (options.key === undefined)) {
    throw new TypeError(`"${field}" must have both "cert" and "key", or none`);
  }
  return value as RedisTlsOptions;
}

function requireKind(field: string, value: unknown, kind: string): void {
  if (value === undefined || typeof value === kind) return;
  throw new TypeError(
    `"${field}" must be a ${kind}, received ${kindOf(value)}`,
  );
}
