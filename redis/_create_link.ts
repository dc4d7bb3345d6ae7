// Copyright 2026 the HuleEdu authors. MIT license.

import type { ClientSettings } from "./_client_options.ts";
import { ClusterLink } from "./_cluster_link.ts";
import { CommandLink } from "./_command_link.ts";
import type { Link } from "./_link.ts";
import { ObservedLink } from "./_observed_link.ts";
import { SentinelLink } from "./_sentinel_link.ts";

/** Makes what a client's commands are sent over. */
export function createLink(settings: ClientSettings): ObservedLink {
  return new ObservedLink(createActualLink(settings), settings.address);
}

function createActualLink(settings: ClientSettings): Link {
  const { master, cluster } = settings;
  if (cluster !== undefined) return new ClusterLink({ ...settings, cluster });
  if (master !== undefined) return new SentinelLink(settings, master);
  return new CommandLink(settings);
}
