// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import { errorName, errorText, isInstance } from "../events/error_type.ts";
import type { IncomingRecord, TopicPartition } from "./engine.ts";
import { PublishError } from "./errors.ts";
import type { EventProducer, RawRecord } from "./event_producer.ts";
import type { FailureReason } from "./_work.ts";

const MAX_ERROR_LENGTH = 1_000;
/** What a letter is cut to, one after the other, until the broker takes it. */
const CUTS: readonly number[] = [512 * 1024, 64 * 1024, 0];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A record that is set aside, and why. */
export interface DeadLetter {
  readonly partition: TopicPartition;
  readonly record: IncomingRecord;
  /** The event, where one could be read. */
  readonly envelope: EventEnvelope | undefined;
  readonly reason: FailureReason;
  readonly error: unknown;
  /** How often a handler was called for it; 0 when none could be. */
  readonly attempts: number;
}

/**
 * Publishes a dead letter. One that the broker finds too large with its reasons
 * is cut: that is better than a partition that stands still, and the whole is
 * still where it came from.
 */
export async function publishDeadLetter(
  producer: EventProducer,
  topic: string,
  letter: DeadLetter,
  clientId: string | undefined,
): Promise<void> {
  const whole = toDeadLetter(letter);
  const { envelope, record: { key } } = letter;
  const message = () => ({
    clientId,
    messageId: envelope?.event_id,
    conversationId: envelope?.correlation_id,
    key: key ? decoder.decode(key) : undefined,
    eventType: envelope?.event_type,
  });
  const length = whole.value?.length ?? 0;
  for (const cut of [length, ...CUTS.filter((each) => each < length)]) {
    try {
      const record = cut === length ? whole : cutTo(whole, cut);
      return await producer.relay(topic, record, message);
    } catch (error) {
      const isTooLarge = error instanceof PublishError &&
        error.code === "too_large";
      if (!isTooLarge || cut === 0) throw error;
    }
  }
}

/**
 * The record as it goes to the dead-letter topic: key, value and headers as
 * they came, and headers that say why it is there. Where spans are recorded its
 * `traceparent` is that of its own sending.
 *
 * - `dlq.reason`: `malformed` (no event can be read from it), `invalid` (its
 *   data does not fit the schema), `fatal` or `exhausted` (its handler failed)
 * - `dlq.error`: the name and message of the error
 * - `dlq.attempts`: how often a handler was called
 * - `dlq.topic`, `dlq.partition`, `dlq.offset`, `dlq.timestamp`: where and when
 *   it was, the time in milliseconds since the Unix epoch
 * - `dlq.failed_at`: when it was set aside, the same way
 * - `dlq.truncated`: how many bytes the value had, where it had to be cut
 */
function toDeadLetter(letter: DeadLetter): RawRecord {
  const { record, partition: { topic, partition } } = letter;
  const facts: Readonly<Record<string, string>> = {
    "dlq.reason": letter.reason,
    "dlq.error": textOf(letter.error).slice(0, MAX_ERROR_LENGTH),
    "dlq.attempts": String(letter.attempts),
    "dlq.topic": topic,
    "dlq.partition": String(partition),
    "dlq.offset": String(record.offset),
    "dlq.timestamp": String(record.timestamp),
    "dlq.failed_at": String(Date.now()),
  };
  const own = Object.entries(record.headers).filter(([name]) =>
    !Object.hasOwn(facts, name)
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

function cutTo(
  { key, value, headers = [] }: RawRecord,
  length: number,
): RawRecord {
  const original = encoder.encode(String(value!.length));
  return {
    key,
    value: value!.subarray(0, length),
    headers: [...headers, ["dlq.truncated", original]],
  };
}

function textOf(error: unknown): string {
  const { message } = errorText(error);
  return isInstance(error, Error) ? `${errorName(error)}: ${message}` : message;
}
