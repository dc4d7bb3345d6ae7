// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import type { CompressionCodecs } from "./compression.ts";

/** A user name and a password, and how they are proved. */
export interface SaslOptions {
  /** The mechanism. */
  readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
  /** The user name. */
  readonly username: string;
  /** The password. Never logged. */
  readonly password: string;
}

/** TLS settings, in the words of `node:tls`. */
export interface TlsOptions {
  /** Certificates of the authorities to trust, PEM. */
  readonly ca?: string | readonly string[];
  /** Our certificate, PEM. */
  readonly cert?: string;
  /** Our private key, PEM. */
  readonly key?: string;
  /** The passphrase of the private key. */
  readonly passphrase?: string;
  /** The name to check the broker's certificate against. */
  readonly servername?: string;
  /**
   * Whether a broker without a trusted certificate is refused.
   *
   * @default {true}
   */
  readonly rejectUnauthorized?: boolean;
}

/** How to reach a Kafka cluster. */
export interface KafkaConnectionOptions {
  /** Names this client in the brokers' logs and quotas. */
  readonly clientId: string;
  /** Brokers to ask first: `host:port`, several apart by commas or as a list. */
  readonly bootstrapServers: string | readonly string[];
  /** Encrypts; `true` trusts the system's authorities. */
  readonly ssl?: boolean | TlsOptions;
  /** Logs in. */
  readonly sasl?: SaslOptions;
  /**
   * Milliseconds that `start()` keeps trying.
   *
   * @default {10_000}
   */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds until a request without an answer counts as lost.
   *
   * @default {30_000}
   */
  readonly requestTimeoutMs?: number;
  /** Codecs for compressions other than gzip. */
  readonly codecs?: CompressionCodecs;
  /** Where this client and the one below it log. Silent without. */
  readonly logger?: Logger;
}

/** Connection options, checked and complete. */
export interface CheckedConnectionOptions {
  readonly clientId: string;
  readonly brokers: readonly string[];
  readonly ssl: boolean | TlsOptions;
  readonly sasl: SaslOptions | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly codecs: CompressionCodecs;
  readonly logger: Logger | undefined;
}

/**
 * Checks connection options.
 *
 * @throws {TypeError} If an option is of the wrong kind.
 * @throws {RangeError} If an option is out of range.
 */
export function checkConnectionOptions(
  subject: string,
  options: KafkaConnectionOptions,
): CheckedConnectionOptions {
  requireText(subject, "clientId", options.clientId);
  const { bootstrapServers, ssl = false } = options;
  const list = typeof bootstrapServers === "string"
    ? bootstrapServers.split(",")
    : bootstrapServers;
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Cannot create ${subject}: "bootstrapServers" must be text or a list, received ${typeof bootstrapServers}`,
    );
  }
  const brokers = list.map((each) => String(each).trim()).filter(Boolean);
  const wrong = brokers.find((each) => !/^[^\s:@/]+:\d{1,5}$/.test(each));
  if (brokers.length === 0 || wrong !== undefined) {
    throw new RangeError(
      `Cannot create ${subject}: "bootstrapServers" must be host:port, several apart by commas`,
    );
  }
  return {
    clientId: options.clientId,
    brokers,
    ssl,
    sasl: options.sasl,
    connectTimeoutMs: requirePositive(
      subject,
      "connectTimeoutMs",
      options.connectTimeoutMs ?? 10_000,
    ),
    requestTimeoutMs: requirePositive(
      subject,
      "requestTimeoutMs",
      options.requestTimeoutMs ?? 30_000,
    ),
    codecs: options.codecs ?? {},
    logger: options.logger,
  };
}

/**
 * Returns `value` when it is text that is not empty.
 *
 * @throws {TypeError} If it is not.
 */
export function requireText(
  subject: string,
  name: string,
  value: unknown,
): string {
  if (typeof value === "string" && value !== "") return value;
  const kind = value === "" ? "an empty text" : typeof value;
  throw new TypeError(
    `Cannot create ${subject}: "${name}" must be a text that is not empty, received ${kind}`,
  );
}

/**
 * Returns `value` when it is a positive whole number.
 *
 * @throws {RangeError} If it is not.
 */
export function requirePositive(
  subject: string,
  name: string,
  value: number,
): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(
    `Cannot create ${subject}: "${name}" must be a positive whole number, received ${value}`,
  );
}
