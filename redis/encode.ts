// Copyright 2026 the HuleEdu authors. MIT license.

// The commands that a client runs and a transaction queues alike.

import type { TtlOptions } from "../protocols.ts";
import { kindOf, positiveMs, text, texts } from "./arguments.ts";
import type { WireCommand, WireCommandKind } from "./wire_command.ts";

/** A command on one key. */
export function onKey(
  kind: WireCommandKind,
  name: string,
  key: string,
  ...rest: string[]
): WireCommand {
  return { kind, name, args: [text("key", key), ...rest] };
}

/** A command on one key and a list. */
export function onList(
  kind: WireCommandKind,
  name: string,
  key: string,
  field: string,
  values: readonly string[],
): WireCommand {
  return { kind, name, args: [text("key", key), ...texts(field, values)] };
}

/** SET, for good or with a time to live. */
export function set(
  key: string,
  value: string,
  options?: TtlOptions,
): WireCommand {
  return { kind: "safe", name: "SET", args: setArgs(key, value, options) };
}

/** SET with a time to live. */
export function setex(key: string, ttlMs: number, value: string): WireCommand {
  return set(key, value, { ttlMs: positiveMs("ttlMs", ttlMs) });
}

/** SET of a key that does not exist. */
export function setIfNotExists(
  key: string,
  value: string,
  options?: TtlOptions,
): WireCommand {
  const ttlMs = options?.ttlMs;
  const args = [text("key", key), text("value", value)];
  if (ttlMs === undefined) args.push("NX");
  else args.push("PX", String(positiveMs("ttlMs", ttlMs)), "NX");
  return { kind: "once", name: "SET", args };
}

/** DEL. */
export function del(keys: readonly string[]): WireCommand {
  return { kind: "once", name: "DEL", args: texts("keys", keys) };
}

/** PEXPIRE. */
export function expire(key: string, ttlMs: number): WireCommand {
  return onKey("safe", "PEXPIRE", key, String(positiveMs("ttlMs", ttlMs)));
}

/** HSET of one field. */
export function hset(key: string, field: string, value: string): WireCommand {
  return onKey("once", "HSET", key, text("field", field), text("value", value));
}

/** ZADD. */
export function zadd(
  key: string,
  members: Readonly<Record<string, number>>,
): WireCommand {
  if (!isRecord(members)) {
    throw new TypeError(
      '"members" must be an object of scores by member, received ' +
        (members instanceof Map ? "a Map" : kindOf(members)),
    );
  }
  const args = [text("key", key)];
  for (const [member, score] of Object.entries(members)) {
    args.push(scoreText(score), member);
  }
  if (args.length === 1) throw new TypeError('"members" must not be empty');
  return { kind: "once", name: "ZADD", args };
}

/** Whether something has members of its own by name: a `Map` has none. */
function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    !Array.isArray(value) && !(value instanceof Map);
}

function setArgs(key: string, value: string, options?: TtlOptions): string[] {
  const ttlMs = options?.ttlMs;
  return ttlMs === undefined ? [text("key", key), text("value", value)] : [
    text("key", key),
    text("value", value),
    "PX",
    String(positiveMs("ttlMs", ttlMs)),
  ];
}

function scoreText(score: unknown): string {
  if (typeof score !== "number") {
    throw new TypeError(
      `"members" must hold numbers only, received ${kindOf(score)}`,
    );
  }
  if (Number.isNaN(score)) throw new RangeError("A score must not be NaN");
  if (score === Infinity) return "+inf";
  return score === -Infinity ? "-inf" : String(score);
}
