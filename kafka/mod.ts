// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Events over Kafka: `KafkaBus` publishes, `KafkaConsumer` consumes. Both are
 * used through the ports in `./protocols`; `./testing` has doubles of both.
 *
 * @example Publishing and consuming
 * ```ts ignore
 * import { createEnvelope } from "@huleedu/service-libs/events";
 * import { KafkaBus, KafkaConsumer } from "@huleedu/service-libs/kafka";
 *
 * const type = "huleedu.essay.created.v1";
 * const server = { bootstrapServers: "localhost:9092", clientId: "essays" };
 *
 * await using consumer = new KafkaConsumer({
 *   ...server,
 *   groupId: "essays",
 *   topics: [type],
 * });
 * consumer.on(type, async (envelope, { logger }) => {
 *   logger.info("Essay created", { essay: envelope.data });
 * });
 * await consumer.start();
 *
 * await using bus = await KafkaBus.connect(server);
 * const data = { essay_id: "e1" };
 * await bus.publishEvent(
 *   type,
 *   createEnvelope({ eventType: type, sourceService: "essays", data }),
 *   { key: data.essay_id },
 * );
 * ```
 *
 * @module
 */

export type {
  CompressionCodec,
  CompressionCodecs,
  CompressionName,
} from "./compression.ts";
export type {
  KafkaConnectionOptions,
  SaslOptions,
  TlsOptions,
} from "./connection_options.ts";
export {
  FatalEventError,
  KafkaConnectionError,
  KafkaError,
  NotStartedError,
  PublishError,
} from "./errors.ts";
export type { PublishErrorCode, PublishErrorOptions } from "./errors.ts";
export type { BusHealth } from "./event_producer.ts";
export type { ConsumerHealth } from "./group_consumer.ts";
export { KafkaBus } from "./kafka_bus.ts";
export type { KafkaBusOptions, KafkaRedriveOptions } from "./kafka_bus.ts";
export { KafkaConsumer } from "./kafka_consumer.ts";
export type {
  HandlerRetryOptions,
  KafkaConsumerOptions,
} from "./kafka_consumer.ts";
export { kafkaOptionsFromEnv } from "./kafka_options_from_env.ts";
export type {
  DeadLetterInfo,
  RedriveOptions,
  RedriveReport,
} from "./redrive_dead_letters.ts";
export type {
  ConsumerStopReport,
  EventConsumer,
  EventEnvelope,
  EventHandler,
  EventPublisher,
  HandlerContext,
  HandlerOutcome,
  Lifecycle,
  LogFields,
  Logger,
  PublishOptions,
  PublishOutcome,
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaResult,
  StopOptions,
} from "../protocols.ts";
