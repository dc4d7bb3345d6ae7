// Copyright 2026 the HuleEdu authors. MIT license.

import type { MemoryBus } from "../../testing/mod.ts";
import { EmbeddedBackbone } from "../../examples/essay_desk/embedded_backbone.ts";
import { startEssayDesk } from "../../examples/essay_desk/essay_desk.ts";
import { LogBook } from "../../examples/essay_desk/log_book.ts";
import { UserPage } from "../../examples/essay_desk/user_page.ts";

/** The services on the doubles, on a free port, with their log lines. */
export class TestDesk implements AsyncDisposable {
  readonly url: string;
  readonly bus: MemoryBus;
  readonly log: LogBook;
  readonly #stack: AsyncDisposableStack;
  readonly #giveUp: AbortController;

  private constructor(
    url: string,
    bus: MemoryBus,
    log: LogBook,
    stack: AsyncDisposableStack,
    giveUp: AbortController,
  ) {
    this.url = url;
    this.bus = bus;
    this.log = log;
    this.#stack = stack;
    this.#giveUp = giveUp;
  }

  /** Starts on a port that is free, or on the port of an earlier desk. */
  static async start(port = 0): Promise<TestDesk> {
    await using stack = new AsyncDisposableStack();
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), 20_000);
    stack.defer(() => clearTimeout(timer));
    const log = new LogBook();
    const backbone = await EmbeddedBackbone.open(stack);
    const { url = "" } = stack.use(
      await startEssayDesk({ backbone, port, logHandlers: log.handlers }),
    );
    return new TestDesk(url, backbone.bus, log, stack.move(), giveUp);
  }

  /** Ends waits that take too long. */
  get signal(): AbortSignal {
    return this.#giveUp.signal;
  }

  /** The page of a user, connected. */
  open(user: string): Promise<UserPage> {
    const at = { desk: this.url, gateway: this.url };
    return UserPage.open(at, user, this.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
