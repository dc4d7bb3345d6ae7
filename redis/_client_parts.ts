// Copyright 2026 the HuleEdu authors. MIT license.

import type { ClientSettings } from "./_client_options.ts";
import type { Link } from "./_link.ts";

/** What a client lends to the other classes of this folder. */
export interface ClientParts {
  readonly settings: ClientSettings;
  readonly link: Link;
}

const PARTS = new WeakMap<object, ClientParts>();

/** Lets the other classes of this folder use a client's connection. */
export function lendParts(client: object, parts: ClientParts): void {
  PARTS.set(client, parts);
}

/** What a client lends. */
export function borrowParts(client: object): ClientParts {
  const parts = PARTS.get(client);
  if (parts === undefined) {
    throw new TypeError('"client" must be a RedisClient');
  }
  return parts;
}
