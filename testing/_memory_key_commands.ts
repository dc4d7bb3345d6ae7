// Copyright 2026 the HuleEdu authors. MIT license.

import type { MemoryCommands } from "./_memory_command.ts";
import { ErrorReply } from "./_memory_errors.ts";
import { matchesGlob } from "./_memory_glob.ts";
import type { MemoryKeyspace } from "./_memory_keyspace.ts";

const MAX_INTEGER = 2n ** 63n - 1n;

/** Commands on keys and on text. */
export const KEY_COMMANDS: MemoryCommands = {
  PING: () => "PONG",
  SET: set,
  GET: (keys, [key = ""]) => keys.read(key, "text")?.text ?? null,
  INCR: increment,
  DEL: (keys, names) => names.filter((name) => keys.delete(name)).length,
  EXISTS: (keys, names) => names.filter((name) => keys.has(name)).length,
  PEXPIRE: (keys, [key = "", ms]) => keys.expire(key, Number(ms)) ? 1 : 0,
  PTTL: (keys, [key = ""]) => keys.ttl(key),
  // One step is enough: nothing can change in between.
  SCAN: (keys, [_cursor, _match, pattern = "*"]) => [
    "0",
    keys.keys().filter((key) => matchesGlob(pattern, key)),
  ],
};

function set(keys: MemoryKeyspace, args: readonly string[]): unknown {
  const [key = "", value = "", ...options] = args;
  if (options.includes("NX") && keys.has(key)) return null;
  const px = options.indexOf("PX");
  keys.setText(key, value, px === -1 ? Infinity : Number(options[px + 1]));
  return "OK";
}

function increment(
  keys: MemoryKeyspace,
  [key = ""]: readonly string[],
): number {
  const before = keys.read(key, "text")?.text ?? "0";
  // A number as the server would write it: no sign, space or zero in front.
  const isInteger = /^(0|-?[1-9]\d*)$/.test(before);
  if (!isInteger || BigInt(before) < -MAX_INTEGER - 1n) throw notInteger();
  const next = BigInt(before) + 1n;
  if (BigInt(before) > MAX_INTEGER) throw notInteger();
  if (next > MAX_INTEGER) {
    throw new ErrorReply("ERR increment or decrement would overflow");
  }
  keys.open(key, "text", { text: "" }).text = String(next);
  keys.touch(key);
  return Number(next);
}

function notInteger(): ErrorReply {
  return new ErrorReply("ERR value is not an integer or out of range");
}
