// Copyright 2026 the HuleEdu authors. MIT license.

import { ServiceError } from "./service_error.ts";

/** A port of loopback that nobody listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Checks that a port which the caller insists on is free.
 *
 * @throws {ServiceError} If it is not.
 */
export function requireFreePort(port: number, service: string): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    throw new ServiceError(
      `${service} cannot have port ${port}: ${reasonOf(error)}. Name a free ` +
        `port in ${service.toUpperCase()}_PORT, or none to have one picked.`,
      { cause: error },
    );
  }
}

/** The port that a variable such as `REDIS_PORT` names, if any. */
export function portFromEnv(name: string): number | undefined {
  const text = Deno.env.get(name);
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new ServiceError(`${name} must be a port number, received "${text}".`);
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "it is in use";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this user may not listen on it";
  }
  return String(error);
}
