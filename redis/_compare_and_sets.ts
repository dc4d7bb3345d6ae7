// Copyright 2026 the HuleEdu authors. MIT license.

import { setImmediate } from "node:timers";
import type { CommandTelemetry } from "./_command_telemetry.ts";
import type { Link } from "./_link.ts";
import { RedisCommandError } from "./errors.ts";
import { COMPARE_AND_SET_EACH } from "./_scripts.ts";

/** How many calls share a script, which holds the server up while it runs. */
const MAX_CALLS = 32;

interface Call {
  readonly key: string;
  readonly expected: string;
  readonly value: string;
  readonly ttlMs: number | undefined;
  readonly resolve: (isSet: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Replaces values that are still what they are expected to be. The calls of one
 * turn of the event loop share one run of a script: a run each costs the client
 * and the server twice as much.
 */
export class CompareAndSets {
  readonly #link: Link;
  readonly #telemetry: CommandTelemetry | undefined;
  #calls: Call[] = [];

  /**
   * @param link Where scripts are sent. It flushes what waits here before it
   * sends anything else, so that commands keep their order.
   */
  constructor(link: Link) {
    this.#link = link.quiet ?? link;
    this.#telemetry = link.telemetry;
    link.beforeSend = () => this.flush();
  }

  /** Sets a key that holds `expected`; whether it did. */
  set(
    key: string,
    expected: string,
    value: string,
    ttlMs?: number,
  ): Promise<boolean> {
    // What is sent belongs to several callers, so each is told of apart.
    if (this.#telemetry?.isWanted) {
      return this.#telemetry.observe(
        { name: "SET" },
        () => this.#add(key, expected, value, ttlMs),
      );
    }
    return this.#add(key, expected, value, ttlMs);
  }

  #add(
    key: string,
    expected: string,
    value: string,
    ttlMs: number | undefined,
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const calls = this.#calls;
      calls.push({ key, expected, value, ttlMs, resolve, reject });
      if (calls.length === 1) setImmediate(() => this.#flushNow());
      else if (calls.length === MAX_CALLS) this.#flushNow();
    });
  }

  /** Sends what was called for so far. */
  flush(): void {
    const calls = this.#calls;
    if (calls.length === 0) return;
    this.#calls = [];
    // A script with several keys is refused where their slot moves.
    if (!this.#link.isCluster) return void this.#send(calls);
    for (const call of calls) void this.#send([call]);
  }

  /** Lets the server work on them while we go on. */
  #flushNow(): void {
    this.flush();
    this.#link.flush();
  }

  async #send(calls: readonly Call[]): Promise<void> {
    const keys: string[] = [];
    const args: string[] = [];
    for (const { key, expected, value, ttlMs } of calls) {
      keys.push(key);
      args.push(expected, value, ttlMs === undefined ? "" : String(ttlMs));
    }
    try {
      const replies = await COMPARE_AND_SET_EACH.run<Array<number | string>>(
        this.#link,
        keys,
        args,
      );
      calls.forEach(({ resolve, reject }, index) => {
        const reply = replies[index]!;
        if (typeof reply === "number") resolve(reply === 1);
        else reject(new RedisCommandError("SET", reply));
      });
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}
