// Copyright 2026 the HuleEdu authors. MIT license.

/** Names a lane: a text for a key, a symbol of its own for an event without. */
export type Lane = string | symbol;

interface Entry<T> {
  readonly order: number;
  readonly item: T;
}

/**
 * A queue with a lane for each key. Within a lane the order holds; lanes are
 * taken in the order in which they began to wait.
 */
export class FallbackQueue<T> {
  #lanes = new Map<Lane, Entry<T>[]>();
  #order = 0;
  #size = 0;

  /** How many items there are in all lanes. */
  get size(): number {
    return this.#size;
  }

  /** The lanes that have items, in order. A copy. */
  lanes(): Lane[] {
    return [...this.#lanes.keys()];
  }

  /** How many items there are in a lane. */
  count(lane: Lane): number {
    return this.#lanes.get(lane)?.length ?? 0;
  }

  /** Appends to a lane. */
  push(lane: Lane, item: T): void {
    const entry = { order: this.#order++, item };
    const entries = this.#lanes.get(lane);
    if (entries === undefined) this.#lanes.set(lane, [entry]);
    else entries.push(entry);
    this.#size++;
  }

  /** The first item of a lane. */
  peek(lane: Lane): T | undefined {
    return this.#lanes.get(lane)?.[0]?.item;
  }

  /** Removes the item if it is the first of its lane. */
  remove(lane: Lane, item: T): boolean {
    const entries = this.#lanes.get(lane);
    if (entries?.[0]?.item !== item) return false;
    entries.shift();
    if (entries.length === 0) this.#lanes.delete(lane);
    this.#size--;
    return true;
  }

  /** Puts a lane behind the others. */
  postpone(lane: Lane): void {
    const entries = this.#lanes.get(lane);
    if (entries === undefined) return;
    this.#lanes.delete(lane);
    this.#lanes.set(lane, entries);
  }

  /** Removes everything; in the order in which it came. */
  takeAll(): T[] {
    const entries = [...this.#lanes.values()].flat();
    this.#lanes.clear();
    this.#size = 0;
    return entries.sort((a, b) => a.order - b.order).map(({ item }) => item);
  }
}
