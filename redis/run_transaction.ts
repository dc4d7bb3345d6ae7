// Copyright 2026 the HuleEdu authors. MIT license.

import type { RedisTransaction } from "../protocols.ts";
import { kindOf, positiveInteger } from "./arguments.ts";
import { TransactionConflictError, TransactionStateError } from "./errors.ts";
import type { Transaction } from "./transaction.ts";

/** What {@linkcode runTransaction} needs. */
export interface RunTransactionOptions {
  /** Begins one attempt. */
  readonly begin: () => Promise<Transaction>;
  /** Reads and queues. */
  readonly fn: (tx: RedisTransaction) => Promise<void>;
  /** How often it may be tried. */
  readonly maxAttempts: number;
  /** Waits between two attempts. */
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Runs a transaction until no watched key has changed under it.
 *
 * @param options What to run, and how often.
 * @returns The results of the queued commands; none when `fn` queued nothing.
 */
export async function runTransaction(
  { begin, fn, maxAttempts, wait }: RunTransactionOptions,
): Promise<unknown[]> {
  positiveInteger("maxAttempts", maxAttempts);
  if (typeof fn !== "function") {
    throw new TypeError(`"fn" must be a function, received ${kindOf(fn)}`);
  }
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const results = await tryOnce(await begin(), fn);
    if (results !== null) return results;
    // Writers that met once meet again unless each waits another time.
    if (attempt < maxAttempts) {
      await wait(Math.random() * Math.min(100, 2 ** attempt));
    }
  }
  throw new TransactionConflictError(maxAttempts);
}

async function tryOnce(
  transaction: Transaction,
  fn: (tx: RedisTransaction) => Promise<void>,
): Promise<unknown[] | null> {
  await using tx = transaction;
  await fn(tx);
  if (tx.ended) {
    throw new TransactionStateError("transaction() calls exec() by itself");
  }
  return tx.queueing ? await tx.exec() : [];
}
