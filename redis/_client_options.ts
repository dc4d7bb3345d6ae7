// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import { kindOf, positiveMs, text } from "./arguments.ts";
import { createOpener } from "./_open_connection.ts";
import type { OpenConnection } from "./_connection.ts";
import { parseRedisUrl } from "./_redis_url.ts";
import type { RedisAddress } from "./_redis_url.ts";
import type { RedisConnectionOptions } from "./connection_options.ts";

/** Checked options, and what every part of a client needs. */
export interface ClientSettings {
  readonly address: RedisAddress;
  readonly open: OpenConnection;
  readonly clientId: string;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
  readonly logger: Logger | undefined;
}

/** The longest that a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Checks the options of a client; nothing is opened. */
export function readOptions(
  name: string,
  options: RedisConnectionOptions,
): ClientSettings {
  try {
    const clientId = text("clientId", options.clientId);
    if (clientId === "") throw new RangeError('"clientId" must not be empty');
    const address = parseRedisUrl(options.url);
    const { commandTimeoutMs, connectTimeoutMs, logger } = options;
    const connectMs = timeout("connectTimeoutMs", connectTimeoutMs);
    return {
      address,
      open: createOpener({
        address,
        clientId,
        connectTimeoutMs: connectMs,
        logger,
      }),
      clientId,
      commandTimeoutMs: timeout("commandTimeoutMs", commandTimeoutMs),
      subject: `${name} "${clientId}"`,
      logger,
    };
  } catch (error) {
    if (error instanceof Error) {
      error.message = `Cannot create ${name}: ${error.message}`;
    }
    throw error;
  }
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

function timeout(field: string, value: number = 5_000): number {
  if (positiveMs(field, value) <= MAX_TIMEOUT_MS) return value;
  throw new RangeError(
    `"${field}" must be at most ${MAX_TIMEOUT_MS} ms, received ${value}`,
  );
}
