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
 * group has committed in it; `undefined` when that does not say. Other clients do
 * not, and leave a partition without a position for as long as nothing comes: all
 * that may be old in it is not to be read again.
 */
export function beginningOf(
  topic: string,
  committed: readonly CommittedPosition[],
): number | undefined {
  const sizes = committed.flatMap((each) => {
    const size = FORM.exec(each.metadata ?? "")?.[1];
    return each.topic !== topic || size === undefined ? [] : [Number(size)];
  });
  return sizes.length > 0 ? Math.min(...sizes) : undefined;
}
