// Copyright 2026 the HuleEdu authors. MIT license.

import type { ConsumerEngine, IncomingRecord } from "./engine.ts";
import type { EventProducer, RawRecord } from "./event_producer.ts";
import { originTrace } from "./_origin_trace.ts";
import { Redrive } from "./_redrive.ts";
import type { SentMessage } from "./_send_telemetry.ts";

const DLQ_HEADER = /^dlq\./;
const decoder = new TextDecoder();

/** A dead letter, as a filter sees it. */
export interface DeadLetterInfo {
  /** The key as text, or `null`. */
  readonly key: string | null;
  /** The value as text, or `null` for a tombstone. */
  readonly value: string | null;
  /** The headers as text, among them why it is there: `dlq.reason` and others. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Options of a redrive. */
export interface RedriveOptions {
  /** Which letters to put back; all by default. */
  readonly filter?: (letter: DeadLetterInfo) => boolean;
  /** How many letters to put back at most. */
  readonly limit?: number;
  /** Ends early; what was put back stays put back. */
  readonly signal?: AbortSignal;
}

/** What a redrive did. */
export interface RedriveReport {
  /** How many letters were put back on their topic. */
  readonly redriven: number;
  /** How many the filter passed over; they are still dead letters. */
  readonly kept: number;
}

/**
 * Puts the dead letters that are there now back on their topic, each once, with
 * key, value and headers as they first came, those of a partition in order. A
 * letter that the filter passes over moves to the end of the dead-letter topic,
 * so that a later redrive finds it there and none that was put back. After a
 * crash, letters that were put back and not committed are put back again.
 */
export async function redriveDeadLetters(
  engine: ConsumerEngine,
  producer: EventProducer,
  topic: string,
  deadLetterTopic: string,
  { filter = () => true, limit = Infinity, signal }: RedriveOptions,
): Promise<RedriveReport> {
  signal?.throwIfAborted();
  const send = (to: string, record: RawRecord, letter: IncomingRecord) =>
    producer.relay(to, record, () => facts(letter));
  const redrive = new Redrive({
    engine,
    isWanted: (letter) => filter(describe(letter)),
    putBack: (letter) => send(topic, withoutReasons(letter), letter),
    keep: (letter) => send(deadLetterTopic, asItIs(letter), letter),
    limit,
    signal,
  });
  await redrive.run();
  const { redriven, kept } = redrive;
  return { redriven, kept };
}

function describe({ key, value, headers }: IncomingRecord): DeadLetterInfo {
  const texts: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    texts[name] = decoder.decode(headers[name]!);
  }
  return {
    key: key && decoder.decode(key),
    value: value && decoder.decode(value),
    headers: texts,
  };
}

/** Its new sending goes on from where it was sent before. */
function facts(record: IncomingRecord): SentMessage {
  const key = record.key ? decoder.decode(record.key) : undefined;
  return { parent: originTrace(record, undefined), key };
}

function withoutReasons({ key, value, headers }: IncomingRecord): RawRecord {
  const own = Object.entries(headers).filter(([name]) =>
    !DLQ_HEADER.test(name)
  );
  return { key, value, headers: own };
}

function asItIs({ key, value, headers }: IncomingRecord): RawRecord {
  return { key, value, headers: Object.entries(headers) };
}
