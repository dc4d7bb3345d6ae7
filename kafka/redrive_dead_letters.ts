// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  ConsumerEngine,
  ConsumerListener,
  IncomingBatch,
  IncomingRecord,
  TopicPartition,
} from "./engine.ts";
import type { EventProducer, RawRecord } from "./event_producer.ts";
import { nameOf } from "./_dispatcher.ts";

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
 * key, value and headers as they first came. A letter that the filter passes
 * over moves to the end of the dead-letter topic, so that a later redrive finds
 * it there and none that was put back.
 */
export async function redriveDeadLetters(
  engine: ConsumerEngine,
  producer: EventProducer,
  topic: string,
  deadLetterTopic: string,
  { filter = () => true, limit = Infinity, signal }: RedriveOptions,
): Promise<RedriveReport> {
  signal?.throwIfAborted();
  const ends = new Map<string, number>();
  let redriven = 0;
  let kept = 0;
  let finish = () => {};
  let fail: (error: unknown) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  finished.catch(() => {});
  const isOver = () => redriven >= limit || signal?.aborted;

  const take = async (record: IncomingRecord, at: TopicPartition) => {
    if (filter(describe(record))) {
      await producer.send(topic, withoutReasons(record));
      redriven++;
    } else {
      await producer.send(deadLetterTopic, asItIs(record));
      kept++;
    }
    await engine.commit([{ ...at, offset: record.offset + 1 }]);
  };

  const takeAll = async (
    { topic: from, partition, records }: IncomingBatch,
  ) => {
    const at = { topic: from, partition };
    const end = ends.get(nameOf(at));
    if (end === undefined) return;
    try {
      for (const record of records) {
        if (record.offset >= end || isOver()) break;
        await take(record, at);
      }
      const last = records.at(-1);
      if (last && last.offset + 1 >= end) ends.delete(nameOf(at));
      if (ends.size === 0 || isOver()) finish();
    } catch (error) {
      fail(error);
    }
  };

  // One partition after the other, so that the limit holds for all of them.
  let turn = Promise.resolve();
  const listener: ConsumerListener = {
    rebalancing: () => Promise.resolve(),
    crashed: (error) => fail(error),
    assigned: (partitions) => {
      ends.clear();
      engine.ends(partitions).then((found) => {
        partitions.forEach((each, index) => {
          const end = found[index]!;
          if (each.offset < end) ends.set(nameOf(each), end);
        });
        engine.resume(partitions);
        if (ends.size === 0) finish();
      }, fail);
      // Nothing is to be read before it is known where to end.
      engine.pause(partitions);
    },
    received: (batch) => turn = turn.then(() => takeAll(batch)),
  };

  const onAbort = () => finish();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await engine.start(listener);
    await finished;
    await turn;
    return { redriven, kept };
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await engine.stop();
  }
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

function withoutReasons({ key, value, headers }: IncomingRecord): RawRecord {
  const own = Object.entries(headers).filter(([name]) =>
    !DLQ_HEADER.test(name)
  );
  return { key, value, headers: own };
}

function asItIs({ key, value, headers }: IncomingRecord): RawRecord {
  return { key, value, headers: Object.entries(headers) };
}
