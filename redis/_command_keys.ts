// Copyright 2026 the HuleEdu authors. MIT license.

import { keySlot } from "./_key_slot.ts";
import { CrossSlotError } from "./errors.ts";
import type { WireCommand } from "./wire_command.ts";

/** Commands of this room that have no key. */
const KEYLESS: ReadonlySet<string> = new Set([
  "CLIENT",
  "PING",
  "PUBLISH",
  "SCAN",
  "SCRIPT",
]);

/** The keys of a command. */
export function keysOf({ name, args }: WireCommand): readonly string[] {
  if (KEYLESS.has(name)) return [];
  if (name === "DEL") return args;
  if (name === "EVALSHA" || name === "EVAL") {
    return args.slice(2, 2 + Number(args[1]));
  }
  return args.slice(0, 1);
}

/**
 * The slot of keys that must have one in common; `null` where there is no key.
 *
 * @throws {CrossSlotError} If they are in several.
 */
export function slotOf(
  command: string,
  keys: readonly string[],
): number | null {
  const [first, ...rest] = keys;
  if (first === undefined) return null;
  const slot = keySlot(first);
  if (rest.every((key) => keySlot(key) === slot)) return slot;
  throw new CrossSlotError(command);
}
