// Copyright 2026 the HuleEdu authors. MIT license.

import type { BrokerAddress } from "./engine.ts";

/** What spans and metrics say of the broker that was asked. */
export function serverNames(
  server: BrokerAddress | undefined,
): Record<string, string | number | undefined> {
  return { "server.address": server?.host, "server.port": server?.port };
}
