// Copyright 2026 the HuleEdu authors. MIT license.

import { BlockingPops } from "./_blocking_pops.ts";
import type { ClientSettings } from "./_client_options.ts";
import { ClusterPops } from "./_cluster_pops.ts";
import type { Link } from "./_link.ts";

/** BLPOP, on one server or in a cluster. */
export type Pops = Pick<BlockingPops, "start" | "stop" | "pop">;

/** Makes what waits for values. */
export function createPops(settings: ClientSettings, link: Link): Pops {
  const { cluster } = settings;
  if (cluster === undefined) return new BlockingPops({ ...settings, link });
  return new ClusterPops({ ...settings, cluster });
}
