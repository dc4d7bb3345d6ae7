// Copyright 2026 the HuleEdu authors. MIT license.

import { setImmediate } from "node:timers";

import type { CommandLink } from "./_command_link.ts";
import { RedisCommandError } from "./errors.ts";
import type { Script } from "./_script.ts";

/** How many calls share a script, which holds the server up while it runs. */
const MAX_CALLS = 128;

interface Call {
  readonly key: string;
  readonly args: readonly string[];
  readonly resolve: (isDone: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls of one turn of the event loop, of a script that does the same for each
 * of its keys, in one run. The script has as many arguments a key, and answers
 * each with 1 or 0, or with the text of an error that concerns this key alone.
 */
export class ScriptBatch {
  readonly #script: Script;
  readonly #link: CommandLink;
  #calls: Call[] = [];

  constructor(script: Script, link: CommandLink) {
    this.#script = script;
    this.#link = link;
  }

  run(key: string, args: readonly string[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ key, args, resolve, reject });
      if (this.#calls.length === 1) setImmediate(() => this.flush());
      else if (this.#calls.length === MAX_CALLS) this.flush();
    });
  }

  /** Sends what was called for so far. */
  flush(): void {
    const calls = this.#calls;
    if (calls.length === 0) return;
    this.#calls = [];
    this.#send(calls);
  }

  async #send(calls: readonly Call[]): Promise<void> {
    const keys: string[] = [];
    const args: string[] = [];
    for (const call of calls) {
      keys.push(call.key);
      args.push(...call.args);
    }
    try {
      const replies = await this.#script.run<Array<number | string>>(
        this.#link,
        keys,
        args,
      );
      calls.forEach((call, index) => {
        const reply = replies[index]!;
        if (typeof reply === "number") call.resolve(reply === 1);
        else call.reject(new RedisCommandError("EVALSHA", reply));
      });
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }
}
