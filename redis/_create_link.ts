// Copyright 2026 the HuleEdu authors. MIT license.

import type { ClientSettings } from "./_client_options.ts";
import { CommandLink } from "./_command_link.ts";
import type { Link } from "./_link.ts";
import { SentinelLink } from "./_sentinel_link.ts";

/** Makes what a client's commands are sent over. */
export function createLink(settings: ClientSettings): Link {
  const { master } = settings;
  if (master !== undefined) return new SentinelLink(settings, master);
  return new CommandLink(settings);
}
