// Copyright 2026 the HuleEdu authors. MIT license.

import { createHash } from "node:crypto";
import type { Link } from "./_link.ts";
import { RedisCommandError } from "./errors.ts";
import type { WireCommandKind } from "./wire_command.ts";

/** A Lua script, and what is done when its reply is lost. */
export class Script {
  readonly kind: WireCommandKind;
  readonly body: string;
  /** The command that it stands for, as errors name it. */
  readonly subject: string | undefined;
  #sha: string | undefined;

  constructor(kind: WireCommandKind, body: string, subject?: string) {
    this.kind = kind;
    this.body = body;
    this.subject = subject;
  }

  /** The SHA-1 digest in hex, by which a server knows it. */
  get sha(): string {
    this.#sha ??= createHash("sha1").update(this.body).digest("hex");
    return this.#sha;
  }

  /** Runs it by its digest, and by its body where the server forgot it. */
  async run<Reply>(
    link: Link,
    keys: readonly string[],
    args: readonly string[],
    deadline: number = link.deadline(),
  ): Promise<Reply> {
    const { kind, sha, body, subject } = this;
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await link.run<Reply>(
        { kind, name: "EVALSHA", args: [sha, ...rest], subject },
        deadline,
      );
    } catch (error) {
      if (!isForgotten(error)) throw error;
    }
    return await link.run<Reply>(
      { kind, name: "EVAL", args: [body, ...rest], subject },
      deadline,
    );
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof RedisCommandError && error.code === "NOSCRIPT";
}
