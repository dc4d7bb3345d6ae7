// Copyright 2026 the HuleEdu authors. MIT license.

import { setImmediate } from "node:timers";

import type { CommandTelemetry } from "./_command_telemetry.ts";
import type { Link } from "./_link.ts";
import { setIfNotExists } from "./encode.ts";
import { OutcomeUnknownError, RedisCommandError } from "./errors.ts";
import { Script } from "./_script.ts";
import { SET_EACH } from "./_scripts.ts";
import { settleSetIfNotExists } from "./_settle_set_if_not_exists.ts";
import type { WireCommand } from "./wire_command.ts";

/** How many calls share a script, which holds the server up while it runs. */
const MAX_CALLS = 32;

const NOTHING = new Script("read", "return 0");

interface Call {
  readonly key: string;
  /** `null` where the key must not exist. */
  readonly expected: string | null;
  readonly value: string;
  readonly ttlMs: number | undefined;
  readonly resolve: (isSet: boolean | Promise<boolean>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sets keys on a condition. The calls of one turn of the event loop share one
 * run of a script: a command each costs the client and the server twice as much.
 */
export class ConditionalSets {
  readonly #link: Link;
  readonly #telemetry: CommandTelemetry | undefined;
  #calls: Call[] = [];
  /** Whether the server has refused to run scripts for this user. */
  #isScriptRefused = false;

  /**
   * @param link Where scripts are sent. It flushes what waits here before it
   * sends anything else, so that commands keep their order.
   */
  constructor(link: Link) {
    this.#link = link.quiet ?? link;
    this.#telemetry = link.telemetry;
    link.beforeSend = () => this.flush();
  }

  /**
   * Finds out whether scripts may be run: to learn it from calls, they would
   * have to be sent again, after others that were made later.
   */
  async probe(): Promise<void> {
    if (this.#link.isCluster) return;
    try {
      await NOTHING.run(this.#link, [], []);
    } catch (error) {
      this.#isScriptRefused = isScriptRefusal(error);
    }
  }

  /** Sets a key that holds `expected`, or does not exist where that is `null`. */
  set(
    key: string,
    expected: string | null,
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
    expected: string | null,
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
    const isApart = this.#isScriptRefused || this.#link.isCluster;
    if (calls.length === 1 || isApart) {
      for (const call of calls) this.#sendAlone(call);
    } else {
      this.#sendAll(calls);
    }
  }

  /** Lets the server work on them while we go on. */
  #flushNow(): void {
    this.flush();
    this.#link.flush();
  }

  #sendAlone(call: Call): void {
    if (call.expected !== null) return void this.#sendAll([call]);
    const command = aloneAs(call);
    const deadline = this.#link.deadline();
    this.#link.run(command, deadline).then(
      (reply) => call.resolve(reply === "OK"),
      (error: unknown) => this.#fail(call, error, deadline),
    );
  }

  async #sendAll(calls: readonly Call[]): Promise<void> {
    const keys: string[] = [];
    const args: string[] = [];
    for (const { key, expected, value, ttlMs } of calls) {
      keys.push(key);
      args.push(
        expected === null ? "" : "=",
        expected ?? "",
        value,
        ttlMs === undefined ? "" : String(ttlMs),
      );
    }
    const deadline = this.#link.deadline();
    try {
      const replies = await SET_EACH.run<Array<number | string>>(
        this.#link,
        keys,
        args,
        deadline,
      );
      calls.forEach(({ resolve, reject }, index) => {
        const reply = replies[index]!;
        if (typeof reply === "number") resolve(reply === 1);
        else reject(new RedisCommandError("SET", reply));
      });
    } catch (error) {
      for (const call of calls) this.#fail(call, error, deadline);
    }
  }

  #fail(call: Call, error: unknown, deadline: number): void {
    if (call.expected !== null) return call.reject(error);
    if (error instanceof OutcomeUnknownError) {
      const command = aloneAs(call);
      call.resolve(settleSetIfNotExists(this.#link, command, error, deadline));
    } else if (isScriptRefusal(error)) {
      this.#isScriptRefused = true;
      this.#sendAlone(call);
    } else {
      call.reject(error);
    }
  }
}

function aloneAs({ key, value, ttlMs }: Call): WireCommand {
  return setIfNotExists(key, value, ttlMs === undefined ? {} : { ttlMs });
}

/** Whether a user may not run scripts, or a server knows none. */
function isScriptRefusal(error: unknown): boolean {
  return error instanceof RedisCommandError && error.command !== "SET" &&
    (error.code === "NOPERM" || /unknown command/i.test(error.message));
}
