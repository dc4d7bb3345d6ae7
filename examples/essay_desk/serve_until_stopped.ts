// Copyright 2026 the HuleEdu authors. MIT license.

import { type EssayDeskOptions, startEssayDesk } from "./essay_desk.ts";
import type { Output } from "./output.ts";

/**
 * Runs services until Ctrl-C or SIGTERM, and stops them in order. A second
 * signal ends the process at once.
 *
 * @param options What to run, and on what.
 * @param output Where to say so.
 * @returns The exit code, 0.
 */
export async function serveUntilStopped(
  options: EssayDeskOptions,
  output: Output,
): Promise<number> {
  using signals = new StopSignals();
  {
    await using desk = await startEssayDesk(options);
    const { backbone, services } = options;
    const what = services?.length === 1 ? `The ${services[0]}` : "Essay desk";
    output.print(
      `${what} is ${desk.url ? `at ${desk.url}` : "at work"}, on ` +
        `${backbone.name}. Ctrl-C stops it.`,
    );
    await signals.first;
    output.print("Stopping: what is in hand is finished first.");
  }
  output.print("Stopped.");
  return 0;
}

/** Listens for the signals that ask a process to end. */
class StopSignals implements Disposable {
  /** Resolves with the first one. */
  readonly first: Promise<void>;
  readonly #heard: () => void;
  // Windows knows no SIGTERM.
  readonly #names: readonly Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isStopping = false;
    this.first = promise;
    this.#heard = () => {
      if (isStopping) Deno.exit(130);
      isStopping = true;
      resolve();
    };
    for (const name of this.#names) {
      Deno.addSignalListener(name, this.#heard);
    }
  }

  [Symbol.dispose](): void {
    for (const name of this.#names) {
      Deno.removeSignalListener(name, this.#heard);
    }
  }
}
