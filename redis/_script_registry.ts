// Copyright 2026 the HuleEdu authors. MIT license.

import { kindOf, text } from "./arguments.ts";
import type { Link } from "./_link.ts";
import { Script } from "./_script.ts";
import { RedisCommandError } from "./errors.ts";

/** The scripts of the callers, kept for servers that forget them. */
export class ScriptRegistry {
  readonly #link: Link;
  readonly #scripts = new Map<string, Script>();

  constructor(link: Link) {
    this.#link = link;
  }

  async register(body: string): Promise<string> {
    const script = new Script("once", text("body", body));
    const sha = await this.#link.run<string>({
      kind: "safe",
      name: "SCRIPT",
      args: ["LOAD", body],
    });
    this.#scripts.set(sha, script);
    return sha;
  }

  async execute(
    sha: string,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    const known = this.#scripts.get(text("sha", sha));
    const allKeys = list("keys", keys);
    const allArgs = list("args", args);
    const deadline = this.#link.deadline();
    try {
      return await this.#link.run({
        kind: "once",
        name: "EVALSHA",
        args: [sha, String(allKeys.length), ...allKeys, ...allArgs],
      }, deadline);
    } catch (error) {
      if (known === undefined || !isForgotten(error)) throw error;
      return await known.run(this.#link, allKeys, allArgs, deadline);
    }
  }
}

function isForgotten(error: unknown): boolean {
  // In the server's words: a script may answer with a code of its own.
  return error instanceof RedisCommandError &&
    error.answer.startsWith("NOSCRIPT No matching script");
}

/** A list of text, which may be empty. */
function list(field: string, values: unknown): readonly string[] {
  if (!Array.isArray(values)) {
    throw new TypeError(
      `"${field}" must be an array of strings, received ${kindOf(values)}`,
    );
  }
  return values.map((value) => text(field, value));
}
