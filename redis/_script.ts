// Copyright 2026 the HuleEdu authors. MIT license.

import type { Link } from "./_link.ts";
import type { WireCommandKind } from "./wire_command.ts";

/** A Lua script, and what is done when its reply is lost. */
export class Script {
  readonly kind: WireCommandKind;
  readonly body: string;
  /** The command that it stands for, as errors name it. */
  readonly subject: string | undefined;

  constructor(kind: WireCommandKind, body: string, subject?: string) {
    this.kind = kind;
    this.body = body;
    this.subject = subject;
  }

  /**
   * Runs it, always by its body: run by a digest that the server has forgotten,
   * it would have to be sent again, and come after what was called for later.
   */
  run<Reply>(
    link: Link,
    keys: readonly string[],
    args: readonly string[],
    deadline?: number,
  ): Promise<Reply> {
    return link.run<Reply>({
      kind: this.kind,
      name: "EVAL",
      args: [this.body, String(keys.length), ...keys, ...args],
      subject: this.subject,
    }, deadline);
  }
}
