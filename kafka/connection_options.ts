// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import type { CompressionCodecs } from "./compression.ts";

const TOPIC = /^(?!\.{1,2}$)[\w.-]{1,249}$/;
const LARGEST = 2 ** 31 - 1;
const MECHANISMS: readonly unknown[] = [
  "plain",
  "scram-sha-256",
  "scram-sha-512",
];

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
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot create ${subject}: "options" must be an object, received ${typeof options}`,
    );
  }
  requireText(subject, "clientId", options.clientId);
  const { sasl } = options;
  if (sasl !== undefined) {
    if (!MECHANISMS.includes(sasl.mechanism)) {
      throw new RangeError(
        `Cannot create ${subject}: "sasl.mechanism" must be one of ${
          MECHANISMS.join(", ")
        }`,
      );
    }
    requireText(subject, "sasl.username", sasl.username);
    requireText(subject, "sasl.password", sasl.password);
  }
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
  if (brokers.length === 0 || !brokers.every(isAddress)) {
    throw new RangeError(
      `Cannot create ${subject}: "bootstrapServers" must be host:port, several apart by commas`,
    );
  }
  return {
    clientId: options.clientId,
    brokers,
    ssl,
    sasl,
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

function isAddress(text: string): boolean {
  const port = /^[^\s:@/]+:(\d{1,5})$/.exec(text)?.[1];
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536;
}

/** Whether a name is legal for a topic: `Topic.validate` of Apache Kafka. */
export function isTopic(name: unknown): name is string {
  return typeof name === "string" && TOPIC.test(name);
}

/**
 * Returns `topics` when it is a list of names of topics, at least one.
 *
 * @throws {TypeError} If it is no list, or an empty one.
 * @throws {RangeError} If a name is not legal.
 */
export function requireTopics(
  subject: string,
  topics: unknown,
): readonly string[] {
  if (!Array.isArray(topics) || topics.length === 0) {
    throw new TypeError(
      `Cannot create ${subject}: "topics" must be a list that is not empty`,
    );
  }
  for (const topic of topics) {
    requireText(subject, "topics", topic);
    if (isTopic(topic)) continue;
    throw new RangeError(
      `Cannot create ${subject}: "topics" must be at most 249 letters, digits, ".", "_" or "-" each`,
    );
  }
  return topics;
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
 * Returns `value` when it is a positive whole number that a timer can wait.
 *
 * @throws {RangeError} If it is not.
 */
export function requirePositive(
  subject: string,
  name: string,
  value: number,
): number {
  if (Number.isInteger(value) && value > 0 && value <= LARGEST) return value;
  throw new RangeError(
    `Cannot create ${subject}: "${name}" must be a whole number from 1 to ${LARGEST}, received ${value}`,
  );
}
