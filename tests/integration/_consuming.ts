// Copyright 2026 the HuleEdu authors. MIT license.

import { assert } from "@std/assert";

import {
  type EventHandler,
  type HandlerContext,
  KafkaConsumer,
  type KafkaConsumerOptions,
} from "@huleedu/service-libs/kafka";
import { readCommits } from "./_kafka_log.ts";
import { Progress } from "./_progress.ts";
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

/** What is done with an event. */
type HandlerWork = (context: HandlerContext) => Promise<unknown>;

/** How a consumer joins; its group has the name of its topic. */
export interface JoinOptions
  extends Omit<KafkaConsumerOptions, "groupId" | "topics"> {
  readonly topic: string;
  /** What it is called; `"only"` by default. */
  readonly member?: string;
  readonly work?: HandlerWork;
}

/** Handles events, and writes down which, by whom and in which order. */
export class Consuming {
  readonly handlings: Handling[] = [];
  readonly #progress = new Progress("an event to be handled");
  readonly #seen = new Set<string>();
  readonly #members = new Set<string>();

  /** A handler for a consumer that is called `member`. */
  handler(
    member: string,
    work: HandlerWork = async () => {},
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
      this.#members.add(member);
      try {
        await work(context);
        this.#seen.add(envelope.event_id);
      } finally {
        this.#progress.tick();
      }
    };
  }

  /** Starts a consumer whose events are written down. */
  async join(
    { topic, member = "only", work, ...options }: JoinOptions,
  ): Promise<KafkaConsumer> {
    const where = { groupId: topic, topics: [topic] };
    const consumer = new KafkaConsumer({ ...options, ...where });
    consumer.on(topic, this.handler(member, work));
    await consumer.start();
    return consumer;
  }

  /** Resolves when an event is handled to its end. */
  next(): Promise<void> {
    return this.#progress.next();
  }

  /** Resolves when it is so; asks after each event. */
  until(isSo: () => boolean): Promise<void> {
    return this.#progress.until(isSo);
  }

  /** Resolves when that many more events are handled. */
  more(count: number): Promise<void> {
    const target = this.#seen.size + count;
    return this.until(() => this.#seen.size >= target);
  }

  /** Resolves when all these events are handled. */
  all(events: readonly PublishedEvent[]): Promise<void> {
    let handled = 0;
    return this.until(() => {
      while (this.#seen.has(events[handled]?.id ?? "")) handled++;
      return handled === events.length;
    });
  }

  /** Who has handled anything so far. */
  get members(): ReadonlySet<string> {
    return this.#members;
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
