// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "../events/envelope_error.ts";
import type { IncomingRecord } from "./engine.ts";
import { FatalEventError } from "./errors.ts";
import type { RawRecord } from "./event_producer.ts";

const MAX_ERROR_LENGTH = 1_000;
const encoder = new TextEncoder();

/** A record that is set aside, and why. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly record: IncomingRecord;
  readonly error: unknown;
  /** How often a handler was called for it; 0 when none could be. */
  readonly attempts: number;
}

/**
 * The record as it goes to the dead-letter topic: key, value and headers as
 * they came, and headers that say why it is there.
 *
 * - `dlq.reason`: `malformed` (no event can be read from it), `invalid` (its
 *   data does not fit the schema), `fatal` or `exhausted` (its handler failed)
 * - `dlq.error`: the name and message of the error
 * - `dlq.attempts`: how often a handler was called
 * - `dlq.topic`, `dlq.partition`, `dlq.offset`, `dlq.timestamp`: where and when
 *   it was, the time in milliseconds since the Unix epoch
 * - `dlq.failed_at`: when it was set aside, the same way
 */
export function toDeadLetter(letter: DeadLetter): RawRecord {
  const { record, error, attempts } = letter;
  const facts: Readonly<Record<string, string>> = {
    "dlq.reason": reasonOf(error),
    "dlq.error": textOf(error).slice(0, MAX_ERROR_LENGTH),
    "dlq.attempts": String(attempts),
    "dlq.topic": letter.topic,
    "dlq.partition": String(letter.partition),
    "dlq.offset": String(record.offset),
    "dlq.timestamp": String(record.timestamp),
    "dlq.failed_at": String(Date.now()),
  };
  const own = Object.entries(record.headers).filter(([name]) =>
    !(name in facts)
  );
  return {
    key: record.key,
    value: record.value,
    headers: [
      ...own,
      ...Object.entries(facts).map(([name, text]) =>
        [name, encoder.encode(text)] as const
      ),
    ],
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof FatalEventError) return "fatal";
  if (!(error instanceof EnvelopeError)) return "exhausted";
  return error.issues.length > 0 ? "invalid" : "malformed";
}

function textOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}`
    : `Thrown value of kind ${typeof error}`;
}
