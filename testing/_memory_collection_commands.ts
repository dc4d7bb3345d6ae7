// Copyright 2026 the HuleEdu authors. MIT license.

import { type MemoryCommands, slice } from "./_memory_command.ts";
import type { MemoryKeyspace } from "./_memory_keyspace.ts";

/** Commands on sets, sorted sets, hashes and lists. */
export const COLLECTION_COMMANDS: MemoryCommands = {
  SADD: (keys, [key = "", ...members]) => addMembers(keys, key, members),
  SREM: (keys, [key = "", ...members]) => remove(keys, key, "set", members),
  SCARD: (keys, [key = ""]) => keys.read(key, "set")?.size ?? 0,
  SMEMBERS: (keys, [key = ""]) => [...keys.read(key, "set") ?? []],
  SPOP: (keys, [key = ""]) => {
    const [member = null] = keys.read(key, "set") ?? [];
    if (member !== null) remove(keys, key, "set", [member]);
    return member;
  },
  ZADD: (keys, [key = "", ...pairs]) => addScores(keys, key, pairs),
  ZREM: (keys, [key = "", ...members]) => remove(keys, key, "scores", members),
  ZCARD: (keys, [key = ""]) => keys.read(key, "scores")?.size ?? 0,
  ZRANGE: (keys, [key = "", start = "", stop = "", withScores]) => {
    const scores = [...keys.read(key, "scores") ?? []].sort(byScore);
    return slice(scores, start, stop).flatMap(([member, score]) =>
      withScores === undefined ? member : [member, scoreText(score)]
    );
  },
  HSET: (keys, [key = "", field = "", value = ""]) => {
    const hash = keys.open(key, "hash", new Map());
    const isNew = !hash.has(field);
    hash.set(field, value);
    keys.touch(key);
    return isNew ? 1 : 0;
  },
  HGET: (keys, [key = "", field = ""]) =>
    keys.read(key, "hash")?.get(field) ?? null,
  HMGET: (keys, [key = "", ...fields]) => {
    const hash = keys.read(key, "hash");
    return fields.map((field) => hash?.get(field) ?? null);
  },
  HDEL: (keys, [key = "", ...fields]) => remove(keys, key, "hash", fields),
  HLEN: (keys, [key = ""]) => keys.read(key, "hash")?.size ?? 0,
  HKEYS: (keys, [key = ""]) => [...keys.read(key, "hash")?.keys() ?? []],
  HGETALL: (keys, [key = ""]) => [...keys.read(key, "hash") ?? []].flat(),
  HEXISTS: (keys, [key = "", field = ""]) =>
    keys.read(key, "hash")?.has(field) ? 1 : 0,
  RPUSH: (keys, [key = "", ...values]) => {
    const list = keys.open(key, "list", []);
    keys.touch(key);
    return list.push(...values);
  },
  LPUSH: (keys, [key = "", ...values]) => {
    const list = keys.open(key, "list", []);
    keys.touch(key);
    return list.unshift(...values.reverse());
  },
  LPOP: (keys, [key = ""]) => {
    const list = keys.read(key, "list");
    if (list === null) return null;
    const value = list.shift() ?? null;
    if (list.length === 0) keys.delete(key);
    else keys.touch(key);
    return value;
  },
  LRANGE: (keys, [key = "", start = "", stop = ""]) =>
    slice(keys.read(key, "list") ?? [], start, stop),
  LLEN: (keys, [key = ""]) => keys.read(key, "list")?.length ?? 0,
};

function addMembers(
  keys: MemoryKeyspace,
  key: string,
  members: readonly string[],
): number {
  const set = keys.open(key, "set", new Set());
  const before = set.size;
  for (const member of members) set.add(member);
  if (set.size > before) keys.touch(key);
  return set.size - before;
}

/** Removes members or fields; a key with nothing left is gone. */
function remove(
  keys: MemoryKeyspace,
  key: string,
  type: "set" | "scores" | "hash",
  members: readonly string[],
): number {
  const value = keys.read(key, type);
  if (value === null) return 0;
  const removed = members.filter((member) => value.delete(member)).length;
  if (value.size === 0) keys.delete(key);
  else if (removed > 0) keys.touch(key);
  return removed;
}

function addScores(
  keys: MemoryKeyspace,
  key: string,
  pairs: readonly string[],
): number {
  const scores = keys.open(key, "scores", new Map());
  const before = scores.size;
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const member = pairs[i + 1] as string;
    const score = readScore(pairs[i] as string);
    if (scores.get(member) === score) continue;
    scores.set(member, score);
    keys.touch(key);
  }
  return scores.size - before;
}

function readScore(text: string): number {
  if (text === "+inf") return Infinity;
  return text === "-inf" ? -Infinity : Number(text);
}

function scoreText(score: number): string {
  if (Math.abs(score) === Infinity) return score > 0 ? "inf" : "-inf";
  return String(score);
}

/** By score, then by the bytes of the member. */
function byScore(
  [memberA, scoreA]: [string, number],
  [memberB, scoreB]: [string, number],
): number {
  if (scoreA !== scoreB) return scoreA < scoreB ? -1 : 1;
  const a = [...memberA];
  const b = [...memberB];
  for (let i = 0; i < a.length && i < b.length; i++) {
    // UTF-8 sorts as code points do.
    const difference = codePoint(a, i) - codePoint(b, i);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function codePoint(chars: readonly string[], i: number): number {
  return chars[i]?.codePointAt(0) ?? 0;
}
