// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import { ask } from "./_connection.ts";
import type { OpenConnection, RedisConnection } from "./_connection.ts";
import { connectSocket } from "./_ioredis.ts";
import { pause } from "./_pause.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { RedisCommandError, RedisConnectionError } from "./errors.ts";
import type { RedisServerAddress } from "./server_address.ts";

/** How connections are opened. */
export interface OpenOptions {
  readonly address: RedisAddress;
  /** The name that CLIENT LIST shows. */
  readonly clientId: string;
  /** Milliseconds for the socket and the handshake together. */
  readonly connectTimeoutMs: number;
  readonly logger?: Logger | undefined;
}

/** How often a server that loads its data set is asked again. */
const LOADING_RETRY_MS = 50;

/** What opens connections to one server. */
export function createOpener(options: OpenOptions): OpenConnection {
  return (signal) => openConnection(options, signal);
}

/** A {@linkcode RedisConnectionError} about a server. */
export function connectionError(
  { host, port }: RedisServerAddress,
  message: string,
  cause?: unknown,
): RedisConnectionError {
  return new RedisConnectionError(message, { host, port, cause });
}

/** Codes of a server that turns us away, whenever we come. */
const REFUSALS: ReadonlySet<string> = new Set([
  "WRONGPASS",
  "NOAUTH",
  "NOPERM",
  "DENIED",
]);

/** Whether the server itself turned us away, so that trying again is no use. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof RedisConnectionError)) return false;
  const { cause } = error;
  // Redis 5 has no code for a wrong password, nor for an index out of range.
  return cause instanceof RedisCommandError &&
    (REFUSALS.has(cause.code) || /password|DB index/.test(cause.answer));
}

async function openConnection(
  options: OpenOptions,
  signal: AbortSignal,
): Promise<RedisConnection> {
  const { address, connectTimeoutMs } = options;
  const giveUp = new AbortController();
  const timer = setTimeout(
    () => giveUp.abort(new Error(`no answer within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  const forward = () => giveUp.abort(signal.reason);
  signal.addEventListener("abort", forward, { once: true });
  if (signal.aborted) forward();
  try {
    return await connectAndGreet(options, giveUp.signal);
  } catch (error) {
    const cause = giveUp.signal.aborted ? giveUp.signal.reason : error;
    throw connectionError(
      address,
      `Cannot connect to Redis at ${label(address)}: ${reasonOf(cause)}`,
      cause,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", forward);
  }
}

async function connectAndGreet(
  options: OpenOptions,
  signal: AbortSignal,
): Promise<RedisConnection> {
  const connection = await connectSocket(options.address, signal);
  const abort = () => void connection.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await greet(connection, options);
    await waitUntilLoaded(connection, signal);
    return connection;
  } catch (error) {
    await connection.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Logs in, selects the database and names the connection, in one write. */
async function greet(
  connection: RedisConnection,
  { address, clientId, logger }: OpenOptions,
): Promise<void> {
  const { username, password, db } = address;
  const steps: Array<Promise<unknown>> = [];
  if (password !== undefined) {
    const login = ask(
      connection,
      "AUTH",
      username === undefined ? [password] : [username, password],
    );
    steps.push(login.catch((error) => {
      if (!needsNoPassword(error)) throw error;
      logger?.warn("Redis needs no password, but one was given", {
        client_id: clientId,
        address: label(address),
      });
    }));
  }
  if (db !== 0) steps.push(ask(connection, "SELECT", [String(db)]));
  const name = clientId.replace(/[^\x21-\x7e]/g, "_");
  // An access list may forbid it, and nothing depends on it.
  steps.push(
    ask(connection, "CLIENT", ["SETNAME", name]).catch(ignoreRefusal),
  );
  const results = await Promise.allSettled(steps);
  for (const result of results) {
    if (result.status === "rejected") throw result.reason;
  }
}

async function waitUntilLoaded(
  connection: RedisConnection,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await ask(connection, "PING");
      return;
    } catch (error) {
      if (!(error instanceof RedisCommandError)) throw error;
      if (error.code === "NOAUTH") throw error;
      // Any other refusal, such as NOPERM, shows that the server is there.
      if (error.code !== "LOADING") return;
    }
    await pause(LOADING_RETRY_MS, signal);
  }
}

function ignoreRefusal(error: unknown): void {
  const isForbidden = error instanceof RedisCommandError &&
    (error.code === "NOPERM" || error.answer.startsWith("ERR unknown"));
  if (!isForbidden) throw error;
}

function needsNoPassword(error: unknown): boolean {
  return error instanceof RedisCommandError &&
    /no password is set|without any password configured/i.test(error.message);
}

/** A server as messages name it. */
export function label({ host, port }: RedisServerAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function reasonOf(error: unknown): string {
  // A host with two addresses fails with both errors, and an empty message.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return reasonOf(error.errors[0]);
  }
  return error instanceof Error ? error.message : String(error);
}
