// Copyright 2026 the HuleEdu authors. MIT license.

import { SLOTS } from "./_key_slot.ts";
import type { RedisServerAddress } from "./server_address.ts";

/** Slots in a row that one master has. */
export interface SlotRange {
  readonly start: number;
  readonly end: number;
  readonly master: RedisServerAddress;
  readonly replicas: readonly RedisServerAddress[];
}

/**
 * Reads the reply to CLUSTER SLOTS; an empty list where it is none.
 *
 * @param reply Ranges, each with its nodes, the master first.
 * @param host The host that was asked: a node may not know its own.
 */
export function readSlots(reply: unknown, host: string): SlotRange[] {
  const ranges: SlotRange[] = [];
  for (const entry of Array.isArray(reply) ? reply : []) {
    const [start, end, ...nodes] = entry as [number, number, ...unknown[][]];
    if (!(start >= 0 && end < SLOTS)) continue;
    const [master, ...replicas] = nodes.map(([given, port]) => ({
      host: typeof given === "string" && given !== "" ? given : host,
      port: Number(port),
    }));
    if (master !== undefined) ranges.push({ start, end, master, replicas });
  }
  return ranges;
}
