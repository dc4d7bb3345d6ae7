// Copyright 2026 the HuleEdu authors. MIT license.

// How many partitions a topic had when a group began with it. Each position
// that is committed says so in its metadata. A partition beyond came later, also
// where nobody of the group was there to see it, and is read from its first
// event on; one that the group has merely not begun with yet is not.

import type { TopicPartition } from "./engine.ts";

const FORM = /^partitions=(\d{1,9})$/;

/** A position that a group has committed. */
export interface CommittedPosition extends TopicPartition {
  readonly offset: number;
  readonly metadata: string | null;
}

/** The metadata of positions in a topic that had so many partitions. */
export function beginningText(partitions: number): string {
  return `partitions=${partitions}`;
}

/**
 * How many partitions the topic had when the group began with it, by what the
 * group has committed in it; `undefined` when that is nothing. For a group that
 * other clients have begun it is 0: all that has no position came later.
 */
export function beginningOf(
  topic: string,
  committed: readonly CommittedPosition[],
): number | undefined {
  const ours = committed.filter((each) => each.topic === topic);
  if (ours.length === 0) return undefined;
  const known = ours.map(({ metadata }) => FORM.exec(metadata ?? "")?.[1])
    .filter((count) => count !== undefined);
  return known.length > 0 ? Math.min(...known.map(Number)) : 0;
}
