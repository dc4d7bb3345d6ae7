// Copyright 2026 the HuleEdu authors. MIT license.

import { assert } from "@std/assert";

import type { EventHandler, HandlerContext } from "@huleedu/service-libs/kafka";
import { readCommits } from "./_kafka_log.ts";
import type { PublishedEvent } from "./_publishing.ts";

/** A handling that was begun. */
export interface Handling {
  readonly id: string;
  readonly member: string;
  readonly key: string | null;
  readonly partition: number;
  readonly offset: number;
  readonly at: number;
}

/** Handles events, and writes down which, by whom and in which order. */
export class Consuming {
  readonly handlings: Handling[] = [];
  readonly #waiting: Array<() => void> = [];
  readonly #seen = new Set<string>();

  /** A handler for a consumer that is called `member`. */
  handler(
    member: string,
    work: (context: HandlerContext) => Promise<unknown> = async () => {},
  ): EventHandler {
    return async (envelope, context) => {
      const { key, partition } = context;
      this.handlings.push({
        id: envelope.event_id,
        member,
        key,
        partition,
        offset: Number(context.offset),
        at: performance.now(),
      });
      await work(context);
      this.#seen.add(envelope.event_id);
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
  }

  /** Resolves when an event is handled to its end. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when that many more events are handled. */
  async more(count: number): Promise<void> {
    const target = this.#seen.size + count;
    while (this.#seen.size < target) await this.next();
  }

  /** Resolves when all these events are handled. */
  async all(events: readonly PublishedEvent[]): Promise<void> {
    while (!events.every(({ id }) => this.#seen.has(id))) await this.next();
  }

  /** How often an event was handled once more. */
  get duplicates(): number {
    return this.handlings.length -
      new Set(this.handlings.map(({ id }) => id)).size;
  }

  /**
   * Checks that the events of each partition and key were first handled in the
   * order of their offsets, and that no commit of the group ever went back.
   */
  async check(servers: string, groupId: string): Promise<void> {
    const first = new Set<string>();
    const last = new Map<string, number>();
    for (const { id, key, partition, offset } of this.handlings) {
      if (first.has(id) || key === null) continue;
      first.add(id);
      const place = `${partition} ${key}`;
      assert((last.get(place) ?? -1) < offset, `${key} is out of order`);
      last.set(place, offset);
    }
    const positions = new Map<string, number>();
    for (const commit of await readCommits(servers, groupId)) {
      const name = `${commit.topic}-${commit.partition}`;
      const before = positions.get(name) ?? -1;
      assert(
        before <= commit.offset,
        `${name} was committed at ${before}, then at ${commit.offset}`,
      );
      positions.set(name, commit.offset);
    }
    assert(positions.size > 0, "nothing was committed");
  }
}
