// Copyright 2026 the HuleEdu authors. MIT license.

import type { Kafka } from "kafkajs";

import type {
  EventBusHarness,
  HarnessRecord,
} from "@huleedu/service-libs/testing/conformance";
import { quietKafka } from "../../examples/essay_desk/quiet_kafka.ts";
import * as harness from "../npm/consumer/kafka_harness.ts";

/** A plain kafkajs client, to look at topics from outside the library. */
export function plainKafka(servers: string): Kafka {
  return quietKafka(harness.plainConfig(servers));
}

/** Gives the event bus suite the real broker. */
export function kafkaHarness(servers: string): EventBusHarness {
  return harness.kafkaHarness(servers, plainKafka);
}

/** Creates a topic that is not there yet. */
export async function createTopic(
  servers: string,
  topic: string,
): Promise<void> {
  await harness.createTopic(plainKafka(servers), topic);
}

/** Reads the first `count` records of a topic, from outside the library. */
export async function readRaw(
  servers: string,
  topic: string,
  count: number,
): Promise<HarnessRecord[]> {
  return await harness.readRaw(plainKafka(servers), topic, count);
}
