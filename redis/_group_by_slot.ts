// Copyright 2026 the HuleEdu authors. MIT license.

/** Groups by the slot of each, in order (`Map.groupBy` is not in Node 20). */
export function groupBySlot<T>(
  all: readonly T[],
  slotOf: (each: T) => number,
): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const each of all) {
    const slot = slotOf(each);
    const group = groups.get(slot);
    if (group === undefined) groups.set(slot, [each]);
    else group.push(each);
  }
  return groups;
}
