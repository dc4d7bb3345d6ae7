// Copyright 2026 the HuleEdu authors. MIT license.

/** What an instrument measures, and in what. */
export interface InstrumentText {
  readonly unit: string;
  readonly description: string;
}

/** What is counted. Names without `huleedu.` are OpenTelemetry's conventions. */
export const COUNTERS = {
  "messaging.client.sent.messages": {
    unit: "{message}",
    description: "Events that were to be sent",
  },
  "messaging.client.consumed.messages": {
    unit: "{message}",
    description: "Records that were fetched",
  },
  "huleedu.publish.retries": {
    unit: "{batch}",
    description: "Batches that are sent again",
  },
  "huleedu.consume.retries": {
    unit: "{event}",
    description: "Failed handler calls that are tried again",
  },
  "huleedu.consume.dead_letters": {
    unit: "{event}",
    description: "Records that were set aside on a dead-letter topic",
  },
  "huleedu.consume.duplicates": {
    unit: "{event}",
    description: "Events that were found handled already",
  },
  "huleedu.retry.retries": {
    unit: "{call}",
    description: "Failed calls that retry() makes again",
  },
  "huleedu.pubsub.gaps": {
    unit: "{gap}",
    description: "Gaps in subscriptions, after an outage or an overflow",
  },
} as const satisfies Readonly<Record<string, InstrumentText>>;

/** What is timed, in seconds. */
export const DURATIONS = {
  "messaging.client.operation.duration": {
    unit: "s",
    description: "From the call of a publish to its acknowledgement",
  },
  "messaging.process.duration": {
    unit: "s",
    description: "How long a handler took for an event",
  },
  "db.client.operation.duration": {
    unit: "s",
    description: "From the call of a Redis command to its reply",
  },
} as const satisfies Readonly<Record<string, InstrumentText>>;

/** What is looked at whenever somebody collects. */
export const GAUGES = {
  "huleedu.publish.queue.depth": {
    unit: "{event}",
    description: "Events that were called for and are not acknowledged",
  },
  "huleedu.publish.fallback.depth": {
    unit: "{event}",
    description: "Events that wait in memory for a publisher to recover",
  },
  "huleedu.consume.queue.depth": {
    unit: "{event}",
    description: "Records that were fetched and are not done",
  },
  "huleedu.consume.lag": {
    unit: "{event}",
    description: "Records between what is done and the end of the partition",
  },
  "huleedu.circuit_breaker.state": {
    unit: "1",
    description: "0 closed, 1 half open, 2 open",
  },
} as const satisfies Readonly<Record<string, InstrumentText>>;

/** The name of a counter. */
export type CounterName = keyof typeof COUNTERS;
/** The name of a duration. */
export type DurationName = keyof typeof DURATIONS;
/** The name of a gauge. */
export type GaugeName = keyof typeof GAUGES;
