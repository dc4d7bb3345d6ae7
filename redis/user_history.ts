// Copyright 2026 the HuleEdu authors. MIT license.

import { kindOf, positiveInteger, positiveMs } from "./arguments.ts";

/** Options of the history of what each user was told. */
export interface UserHistoryOptions {
  /**
   * How many notifications are kept for each user.
   *
   * @default {100}
   */
  readonly size?: number;
  /**
   * Milliseconds that they are kept after the last one.
   *
   * @default {86_400_000}
   */
  readonly ttlMs?: number;
}

/** A notification that is kept. */
export interface KeptNotification {
  /** Its id. */
  readonly id: string;
  /** The text, as it was published. */
  readonly message: string;
}

/** What is kept for a user, as of now. */
export interface UserHistoryState {
  /** The notifications, the oldest first. */
  readonly kept: readonly KeptNotification[];
  /** The id of the newest, or the one before whatever will be the first. */
  readonly position: string;
}

/** What a page has missed. */
export interface MissedNotifications {
  /** What is still kept of it, the oldest first. */
  readonly missed: readonly KeptNotification[];
  /** Whether that is certain to be all. */
  readonly complete: boolean;
}

/** An id: when its series began, in ms since the Unix epoch, and its number. */
export interface EventId {
  /** Names the series; a history that has run out begins a new one. */
  readonly series: number;
  /** From 1 within the series; 0 stands before the first. */
  readonly number: number;
}

const ID = /^(\d{1,15})-(\d{1,15})$/;
const ID_IN_MESSAGE = /, "id": "(\d{1,15}-\d{1,15})"\}$/;

/** Checks the options of a history. */
export function readHistoryOptions(
  options: UserHistoryOptions,
): Required<UserHistoryOptions> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `"history" must be an object, received ${kindOf(options)}`,
    );
  }
  const { size = 100, ttlMs = 86_400_000 } = options;
  return {
    size: positiveInteger("history.size", size),
    ttlMs: positiveMs("history.ttlMs", ttlMs),
  };
}

/** Takes an id apart; `null` when it is none. */
export function parseEventId(id: string): EventId | null {
  const parts = ID.exec(id);
  return parts && { series: Number(parts[1]), number: Number(parts[2]) };
}

/**
 * The id of a notification: the last key of its object, which readers that know
 * of `event` and `data` alone pass over.
 *
 * @param message The text.
 * @returns The id; none where the publisher keeps no history.
 */
export function eventIdOf(message: string): string | undefined {
  return ID_IN_MESSAGE.exec(message)?.[1];
}

/** Puts an id into a notification without one. */
export function withEventId(message: string, id: string): string {
  return `${message.slice(0, -1)}, "id": "${id}"}`;
}

/** Puts together what a history holds. */
export function historyState(
  messages: readonly string[],
  nowMs: number,
): UserHistoryState {
  const kept = messages.flatMap((message) => {
    const id = eventIdOf(message);
    return id === undefined ? [] : [{ id, message }];
  });
  return { kept, position: kept.at(-1)?.id ?? `${nowMs}-0` };
}

/**
 * What came after an id, and before another.
 *
 * @param state What is kept.
 * @param options The last id that was seen, the first that is at hand already, and
 * how long the history is kept.
 * @returns What was missed. An id of another series does not tell how much, so
 * that it is all that is kept; and so it is with a text that is no id.
 */
export function missedSince(
  { kept, position }: UserHistoryState,
  { last: lastId, before: beforeId, ttlMs }: {
    readonly last: string;
    readonly before?: string | undefined;
    readonly ttlMs: number;
  },
): MissedNotifications {
  const newest = parseEventId(position) ?? { series: 0, number: 0 };
  const last = parseEventId(lastId);
  const before = beforeId === undefined ? null : parseEventId(beforeId);
  const end = before?.series === newest.series ? before.number : Infinity;
  const series = kept.flatMap(({ id, message }) => {
    const parsed = parseEventId(id);
    if (parsed?.series !== newest.series || parsed.number >= end) return [];
    return [{ id, message, number: parsed.number }];
  });
  const first = series[0]?.number ?? Math.min(end, newest.number + 1);
  if (last?.series === newest.series) {
    return {
      missed: series.filter(({ number }) => number > last.number),
      // A number that was not given yet is from before the server lost some.
      complete: first <= last.number + 1 && last.number <= newest.number,
    };
  }
  // There was no history when that id was given, and none can have come and
  // gone since then.
  const age = newest.series - (last?.series ?? 0);
  const isFresh = last?.number === 0 && age >= 0 && age < ttlMs;
  return { missed: series, complete: isFresh && first === 1 };
}
