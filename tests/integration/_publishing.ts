// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";

import { createEnvelope } from "@huleedu/service-libs/events";
import { type EventPublisher, PublishError } from "@huleedu/service-libs/kafka";
import { Progress } from "./_progress.ts";
import { type LogRecord, readLog } from "./_kafka_log.ts";

/** An event that was called for. */
export interface PublishedEvent {
  readonly id: string;
  readonly key: string | null;
  /** Counts the calls. */
  readonly nth: number;
}

/** How an event is called for. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Makes the event larger. */
  readonly padding?: string;
}

/** What became of a load, beside what is in the log. */
export interface Verdict {
  readonly acknowledged: number;
  readonly failed: number;
  readonly lost: number;
  readonly duplicated: number;
}

const PACE_MS = 10;
/** Calls of one turn; every other one has a key. */
const BURST = 10;
const KEYS = 7;

/** Publishes events and writes down what becomes of each. */
export class Publishing implements AsyncDisposable {
  readonly acknowledged: PublishedEvent[] = [];
  readonly failures: Array<[PublishedEvent, PublishError]> = [];
  readonly #publisher: EventPublisher;
  readonly #topic: string;
  readonly #calls: Promise<void>[] = [];
  readonly #progress = new Progress("an acknowledgement");
  /** The calls that are not settled, by number. */
  readonly #open = new Set<number>();
  #unexpected: unknown;
  #isOver = false;
  #pump: Promise<void> | undefined;
  #nth = 0;

  constructor(publisher: EventPublisher, topic: string) {
    this.#publisher = publisher;
    this.#topic = topic;
  }

  /** Publishes so many events and waits for what becomes of them. */
  static async all(
    publisher: EventPublisher,
    topic: string,
    count: number,
    key: (nth: number) => string | null = () => null,
  ): Promise<Publishing> {
    const publishing = new Publishing(publisher, topic);
    for (let nth = 0; nth < count; nth++) publishing.publish(key(nth));
    await publishing.finish();
    return publishing;
  }

  /** Publishes at a steady pace until `finish()`, whether it works or not. */
  begin(): this {
    this.#pump = this.#run();
    return this;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      for (let i = 0; i < BURST; i++) {
        this.publish(i % 2 === 0 ? `key-${this.#nth % KEYS}` : null);
      }
      await delay(PACE_MS);
    }
  }

  /** Publishes one event; what becomes of it is written down. */
  publish(key: string | null, { signal, padding }: CallOptions = {}): void {
    const nth = this.#nth++;
    this.#open.add(nth);
    const envelope = createEnvelope({
      eventType: this.#topic,
      sourceService: "faults",
      data: { nth, ...(padding && { padding }) },
    });
    const event = { id: envelope.event_id, key, nth };
    const options = { ...(key && { key }), ...(signal && { signal }) };
    this.#calls.push(
      this.#publisher.publishEvent(this.#topic, envelope, options).then(
        () => {
          this.acknowledged.push(event);
        },
        (error) => {
          if (error instanceof PublishError) this.failures.push([event, error]);
          else this.#unexpected ??= error;
        },
      ).finally(() => {
        this.#open.delete(nth);
        this.#progress.tick();
      }),
    );
  }

  /** How many events were called for. */
  get called(): number {
    return this.#nth;
  }

  /** Resolves when the first `count` calls are all settled. */
  settled(count: number): Promise<void> {
    return this.#progress.until(() => {
      const [oldest = this.#nth] = this.#open;
      return oldest >= count;
    });
  }

  /** Resolves at the next acknowledgement. */
  next(): Promise<void> {
    return this.#progress.next();
  }

  /** Resolves when that many more events are acknowledged. */
  more(count: number): Promise<void> {
    const target = this.acknowledged.length + count;
    return this.#progress.until(() => this.acknowledged.length >= target);
  }

  /** Calls for no more, and waits until every call is settled. */
  async finish(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await Promise.all(this.#calls);
    if (this.#unexpected) throw this.#unexpected;
  }

  /** Calls for no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#pump;
  }

  /**
   * Holds the log against what was acknowledged and what was not, or that of
   * another topic, where it went in turn.
   */
  async check(servers: string, topic: string = this.#topic): Promise<Verdict> {
    const log = await readLog(servers, topic);
    const copies = new Map<string, number>();
    for (const { id } of log) copies.set(id, (copies.get(id) ?? 0) + 1);
    const verdict = {
      acknowledged: this.acknowledged.length,
      failed: this.failures.length,
      lost: this.acknowledged.filter(({ id }) => !copies.has(id)).length,
      duplicated: [...copies.values()].filter((count) => count > 1).length,
    };
    assert(verdict.acknowledged > 0, "nothing was acknowledged");
    assertEquals([verdict.lost, verdict.duplicated], [0, 0]);
    for (const [{ id }, error] of this.failures) {
      const isCertain = error.outcome === "not_sent";
      assert(!isCertain || !copies.has(id), `${error.code} was sent`);
    }
    this.#checkOrder(log);
    return verdict;
  }

  /** The acknowledged events of each key are in the order of the calls. */
  #checkOrder(log: readonly LogRecord[]): void {
    const calls = new Map(this.acknowledged.map((each) => [each.id, each.nth]));
    const last = new Map<string, { nth: number; partition: number }>();
    for (const { id, key, partition } of log) {
      const nth = calls.get(id);
      if (key === null || nth === undefined) continue;
      const before = last.get(key) ?? { nth: -1, partition };
      assert(before.nth < nth, `events of ${key} are out of order`);
      assertEquals(before.partition, partition);
      last.set(key, { nth, partition });
    }
  }
}
