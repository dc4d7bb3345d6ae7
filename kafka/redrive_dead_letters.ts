// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  ConsumerEngine,
  ConsumerListener,
  IncomingRecord,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import type { EventProducer, RawRecord } from "./event_producer.ts";
import { nameOf } from "./_dispatcher.ts";
import { Fifo } from "./_lane.ts";
import { originTrace } from "./_origin_trace.ts";
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
 * key, value and headers as they first came. A letter that the filter passes
 * over moves to the end of the dead-letter topic, so that a later redrive finds
 * it there and none that was put back. A crash between a letter and the commit
 * of its place puts that one back again.
 */
export async function redriveDeadLetters(
  engine: ConsumerEngine,
  producer: EventProducer,
  topic: string,
  deadLetterTopic: string,
  { filter = () => true, limit = Infinity, signal }: RedriveOptions,
): Promise<RedriveReport> {
  signal?.throwIfAborted();
  const places = new Map<string, Place>();
  let redriven = 0;
  let kept = 0;
  let isRebalancing = false;
  let finish = () => {};
  let fail: (error: unknown) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  finished.catch(() => {});
  const isOver = () => redriven >= limit || signal?.aborted === true;

  const take = async (record: IncomingRecord, place: Place) => {
    if (filter(describe(record))) {
      await producer.relay(topic, withoutReasons(record), () => facts(record));
      redriven++;
    } else {
      const letter = asItIs(record);
      await producer.relay(deadLetterTopic, letter, () => facts(record));
      kept++;
    }
    place.position = record.offset + 1;
    const { topic: from, partition, position } = place;
    await engine.commit([{ topic: from, partition, offset: position }]);
  };

  /** Takes what was received, one letter after the other, so that limits hold. */
  const takeAll = async () => {
    for (const place of places.values()) {
      for (let next = place.letters.peek(); next; next = place.letters.peek()) {
        if (isRebalancing || isOver()) return;
        if (next.offset >= place.end) break;
        await take(next, place);
        place.letters.shift();
      }
      if (place.letters.size === 0) place.position = place.reached;
    }
  };

  let turn = Promise.resolve();
  const goOn = () =>
    turn = turn.then(takeAll).then(() => {
      const isDone = [...places.values()].every(({ position, end }) =>
        position >= end
      );
      if (!isRebalancing && (isDone || isOver())) finish();
    }).catch(fail);

  const listener: ConsumerListener = {
    crashed: (error) => fail(error),
    rewound: ({ topic: from }) => fail(new Error(`"${from}" was created anew`)),
    rebalancing: () => {
      isRebalancing = true;
      return turn; // the letter at hand, and its commit
    },
    assigned: (partitions, continued) => {
      // Nothing is to be read before it is known where to end.
      engine.pause(partitions);
      engine.ends(partitions).then((ends) => {
        const before = new Map(continued ? places : []);
        places.clear();
        partitions.forEach((each, index) => {
          const name = nameOf(each);
          const place = before.get(name) ?? placeOf(each, ends[index]!);
          places.set(name, place);
        });
        isRebalancing = false;
        engine.resume(partitions);
        return goOn();
      }).catch(fail);
    },
    received: ({ topic: from, partition, records, next }) => {
      const place = places.get(nameOf({ topic: from, partition }));
      if (!place) return Promise.resolve();
      for (const record of records) place.letters.push(record);
      place.reached = next;
      return goOn();
    },
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

/** How far one partition of the dead letters is. */
interface Place extends TopicPartition {
  /** Where it ended when the redrive began: later letters are left. */
  readonly end: number;
  /** Letters that were read and not taken. */
  readonly letters: Fifo<IncomingRecord>;
  /** Everything before was taken. */
  position: number;
  /** Everything before was read. */
  reached: number;
}

function placeOf(at: TopicPartitionOffset, end: number): Place {
  const { topic, partition, offset } = at;
  const letters = new Fifo<IncomingRecord>();
  return { topic, partition, end, letters, position: offset, reached: offset };
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
