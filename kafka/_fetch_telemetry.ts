// Copyright 2026 the HuleEdu authors. MIT license.

import { count, isMetering } from "../events/metrics.ts";
import { isTracing, startSpan } from "../events/tracing.ts";
import { type ConsumerIdentity, consumerNames } from "./_consumer_names.ts";
import type { IncomingBatch } from "./engine.ts";
import { originTrace } from "./_origin_trace.ts";
import { serverNames } from "./_server_names.ts";

/**
 * Tells OpenTelemetry of records that arrived: a span with a link to the origin
 * of each, since those of one batch belong to many traces.
 */
export function reportFetch(
  batch: IncomingBatch,
  identity: ConsumerIdentity,
): void {
  const { topic, partition, records } = batch;
  if (records.length === 0) return;
  const names = () => ({
    ...consumerNames(identity, topic),
    "messaging.operation.name": "poll",
    "messaging.destination.partition.id": String(partition),
    ...serverNames(batch.server),
  });
  if (isMetering()) {
    count("messaging.client.consumed.messages", names(), records.length);
  }
  if (!isTracing()) return;
  startSpan(`poll ${topic}`, {
    kind: "client",
    parent: null,
    links: records.map((record) => originTrace(record, undefined))
      .filter((origin) => origin !== undefined),
    startedAt: batch.askedAt,
    attributes: {
      ...names(),
      "messaging.operation.type": "receive",
      "messaging.client.id": identity.clientId,
      "messaging.batch.message_count": records.length,
      "messaging.kafka.offset": records[0]?.offset,
    },
  })?.end();
}
