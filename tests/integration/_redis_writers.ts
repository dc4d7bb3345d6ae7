// Copyright 2026 the HuleEdu authors. MIT license.

import type { RedisClient } from "../../redis/mod.ts";
import { Progress } from "./_progress.ts";
import { neverHanging, type Outcome, outcomeOf } from "./_redis_faults.ts";

/** What became of the writes, as the lists have it in the end. */
export interface WriteReport {
  /** Writes that were acknowledged. */
  readonly acknowledged: number;
  /** Writes of which it was said that they may or may not be there. */
  readonly unknown: number;
  /** Writes of which it was said that they are not there. */
  readonly failed: number;
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
  /** There, though it was said that they are not. */
  readonly phantoms: readonly string[];
  /** Answers that cannot be, such as "already there" of one's own write. */
  readonly wrong: readonly string[];
}

/**
 * Writers that append to lists, one command at a time each, in every way that a
 * client has, and remember what they were told.
 */
export class Writers {
  readonly #redis: RedisClient;
  readonly #keys: readonly string[];
  readonly #told = new Map<string, Outcome<unknown>["kind"]>();
  readonly #wrong: string[] = [];
  readonly #progress = new Progress("writes");
  readonly #work: Promise<unknown>;
  #acknowledged = 0;
  #over = false;

  /**
   * @param redis The client.
   * @param keys A list for each writer.
   */
  constructor(redis: RedisClient, keys: readonly string[]) {
    this.#redis = redis;
    this.#keys = keys;
    this.#work = Promise.all(keys.map((key) => this.#write(key)));
    this.#work.catch(() => {});
  }

  /** Writes that were acknowledged so far. */
  get acknowledged(): readonly string[] {
    return [...this.#told].filter(([, kind]) => kind === "replied")
      .map(([value]) => value);
  }

  /** Waits until so many more writes are acknowledged. */
  async more(count: number): Promise<void> {
    const enough = this.#acknowledged + count;
    await Promise.race([
      this.#progress.until(() => this.#acknowledged >= enough),
      this.#work,
    ]);
  }

  /** Lets what is in flight come to its end, and looks what there is. */
  async finish(): Promise<WriteReport> {
    this.#over = true;
    await neverHanging(this.#work, "A writer");
    const there = new Map<string, number>();
    for (const key of this.#keys) {
      for (const value of await this.#redis.lrange(key, 0, -1)) {
        there.set(value, (there.get(value) ?? 0) + 1);
      }
    }
    const told = [...this.#told];
    const of = (...kinds: string[]) =>
      told.filter(([, kind]) => kinds.includes(kind)).map(([value]) => value);
    const failed = of("unreachable", "refused");
    return {
      acknowledged: this.#acknowledged,
      unknown: of("unknown").length,
      failed: failed.length,
      lost: of("replied").filter((value) => !there.has(value)),
      doubled: [...there].filter(([, count]) => count > 1).map(([v]) => v),
      phantoms: failed.filter((value) => there.has(value)),
      wrong: this.#wrong,
    };
  }

  async #write(key: string): Promise<void> {
    const ways: Array<(value: string) => Promise<unknown>> = [
      (value: string) => this.#redis.rpush(key, value),
      (value: string) => this.#redis.multi().rpush(key, value).exec(),
      (value: string) =>
        this.#redis.transaction([key], (tx) => {
          tx.multi().rpush(key, value);
          return Promise.resolve();
        }),
    ];
    for (let nth = 0; !this.#over; nth++) {
      const value = `${key} ${nth}`;
      const outcome = await outcomeOf(ways[nth % ways.length]!(value), value);
      this.#told.set(value, outcome.kind);
      if (outcome.kind === "replied") this.#acknowledged += 1;
      await this.#writeOnce(key, nth);
      this.#progress.tick();
    }
  }

  /** Nobody else writes this key, so that it cannot be there already. */
  async #writeOnce(key: string, nth: number): Promise<void> {
    const once = `${key} once ${nth}`;
    const outcome = await outcomeOf(
      this.#redis.setIfNotExists(once, "mine", { ttlMs: 60_000 }),
      once,
    );
    if (outcome.kind === "replied" && !outcome.reply) this.#wrong.push(once);
  }
}
