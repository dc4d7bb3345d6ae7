// Copyright 2026 the HuleEdu authors. MIT license.

import { setTimeout as delay } from "node:timers/promises";

import type { CheckedConnectionOptions } from "./connection_options.ts";
import { KafkaConnectionError, KafkaError } from "./errors.ts";

const CONNECT_PAUSE_MS = 100;

/**
 * Tries to connect until it works, `connectTimeoutMs` is over, or the signal is
 * aborted.
 *
 * @throws {KafkaError} If it does not work.
 */
export async function connectWithin(
  options: CheckedConnectionOptions,
  connect: () => Promise<void>,
  close: () => Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  const { brokers, connectTimeoutMs } = options;
  const deadline = performance.now() + connectTimeoutMs;
  for (;;) {
    const giveUp = new AbortController();
    const onAbort = () => giveUp.abort();
    signal?.addEventListener("abort", onAbort);
    try {
      const left = Math.max(1, deadline - performance.now());
      await Promise.race([
        connect(),
        delay(left, undefined, { signal: giveUp.signal }).then(() => {
          throw new Error(`no answer within ${connectTimeoutMs} ms`);
        }),
      ]);
      return;
    } catch (cause) {
      const isLate = performance.now() + CONNECT_PAUSE_MS >= deadline;
      if (isLate || signal?.aborted || isFinal(cause)) {
        await close().catch(() => {});
        throw toConnectionError(
          signal?.aborted ? signal.reason : cause,
          brokers,
        );
      }
      await delay(CONNECT_PAUSE_MS);
    } finally {
      giveUp.abort();
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

/** The error as one of ours, which says where there was none to connect to. */
export function toConnectionError(
  cause: unknown,
  brokers: readonly string[],
): KafkaError {
  return cause instanceof KafkaError
    ? cause
    : new KafkaConnectionError(brokers, reasonOf(cause), { cause });
}

/** A wrong password does not become right. */
function isFinal(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name.startsWith("KafkaJSSASL")) return true;
  }
  return false;
}

function reasonOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause) deepest = deepest.cause;
  return deepest instanceof Error ? deepest.message : String(deepest);
}
