// Copyright 2026 the HuleEdu authors. MIT license.

import { ServiceError } from "./service_error.ts";

/** What is waited for. */
export interface ReadyOptions {
  /** The service's name, for the error. */
  readonly service: string;
  /** Asks the server; a throw or `false` means not yet. */
  readonly probe: () => Promise<boolean>;
  /** Whether the server has ended meanwhile, which ends the wait. */
  readonly hasEnded: () => boolean | Promise<boolean>;
  /** The end of the server's own log, for the error. */
  readonly readLog: () => Promise<string>;
  /** How long it may take. */
  readonly timeoutMs: number;
}

/** Between two questions to a server that is not there yet. */
const PAUSE_MS = 25;

/**
 * Asks a server until it answers as it should.
 *
 * @throws {ServiceError} If it ends or does not come up in time.
 */
export async function waitUntilReady(options: ReadyOptions): Promise<void> {
  const { service, probe, hasEnded, readLog, timeoutMs } = options;
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (!await hasEnded()) {
    try {
      if (await probe()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const log = await readLog();
      throw new ServiceError(
        `${service} did not come up within ${timeoutMs / 1000} s. ` +
          `Its log ends:\n${log}`,
        { cause: last },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new ServiceError(
    `${service} ended while it was starting. Its log ends:\n${await readLog()}`,
  );
}
