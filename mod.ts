// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * The plumbing of services that talk through Kafka and Redis, done once:
 * publish an event, handle it once, tell the user's browser, log it all as one
 * story, stop cleanly. For Deno, Node and Bun.
 *
 * Everything is here; each room is also an entry of its own, and importing
 * `./redis` loads no Kafka client. The doubles are in `./testing`.
 *
 * @example One event, end to end, in memory
 * ```ts
 * import { createEnvelope, idempotent } from "@huleedu/service-libs";
 * import {
 *   MemoryBus,
 *   MemoryIdempotencyStore,
 *   MemoryPubSub,
 * } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const type = "huleedu.essay.analysed.v1";
 * const store = new MemoryIdempotencyStore();
 * await using bus = await MemoryBus.connect();
 * await using pubsub = await MemoryPubSub.connect();
 * await using page = await pubsub.subscribe(pubsub.getUserChannel("ada"));
 *
 * await using consumer = bus.consumer({ groupId: "gateway", topics: [type] });
 * consumer.on(
 *   type,
 *   idempotent(async (envelope) => {
 *     await pubsub.publishUserNotification("ada", "essay_analysed", envelope.data);
 *   }, { store, serviceName: "gateway" }),
 * );
 * await consumer.start();
 *
 * const data = { words: 312 };
 * await bus.publishEvent(
 *   type,
 *   createEnvelope({ eventType: type, sourceService: "analyser", data }),
 * );
 *
 * for await (const { message } of page) {
 *   assertEquals(JSON.parse(message), { event: "essay_analysed", data });
 *   break;
 * }
 * ```
 *
 * @module
 */

export {
  contextFromHeaders,
  correlationIdText,
  createEnvelope,
  createTopicRegistry,
  currentContext,
  deterministicEventId,
  EnvelopeError,
  EventError,
  extractCorrelationId,
  extractUserId,
  JsonValueError,
  parseEnvelope,
  serializeEnvelope,
  topicName,
  UnknownEventTypeError,
  validateEnvelope,
  withContext,
} from "./events/mod.ts";
export type {
  ContextFromHeadersOptions,
  CreateEnvelopeOptions,
  EnvelopeErrorOptions,
  EventContext,
  ParseEnvelopeOptions,
  RequestHeaders,
  TopicRegistry,
} from "./events/mod.ts";
export {
  FatalEventError,
  KafkaBus,
  KafkaConnectionError,
  KafkaConsumer,
  KafkaError,
  kafkaOptionsFromEnv,
  NotStartedError as KafkaNotStartedError,
  PublishError,
} from "./kafka/mod.ts";
export type {
  BusHealth,
  CompressionCodec,
  CompressionCodecs,
  CompressionName,
  ConsumerHealth,
  DeadLetterInfo,
  HandlerRetryOptions,
  KafkaBusOptions,
  KafkaConnectionOptions,
  KafkaConsumerOptions,
  KafkaRedriveOptions,
  PublishErrorCode,
  PublishErrorOptions,
  RedriveOptions,
  RedriveReport,
  SaslOptions,
  TlsOptions,
} from "./kafka/mod.ts";
export {
  adoptStdLogger,
  configureLogging,
  createServiceLogger,
  FileHandler,
  isSecretKey,
  LineHandler,
  logEvent,
  loggerOptionsFromEnv,
  SamplingHandler,
  setLogLevel,
} from "./logging/mod.ts";
export type {
  AdoptStdLoggerOptions,
  FileHandlerOptions,
  LazyLogFields,
  LineHandlerOptions,
  LogFieldNames,
  LogFileEnvOptions,
  LogFormat,
  LoggerEnvOptions,
  LoggingOptions,
  LogHandler,
  LogLevel,
  LogRecord,
  LogSink,
  SamplingHandlerOptions,
  ServiceLogger,
  ServiceLoggerOptions,
  StdLogger,
} from "./logging/mod.ts";
export type {
  AtomicRedisClient,
  Clock,
  ConsumerStopReport,
  EventConsumer,
  EventEnvelope,
  EventHandler,
  EventPublisher,
  HandlerContext,
  HandlerOutcome,
  IdempotencyClaim,
  IdempotencyRecord,
  IdempotencyStore,
  Lifecycle,
  LogFields,
  Logger,
  PatternSubscriber,
  PublishOptions,
  PublishOutcome,
  PubSub,
  PubSubGap,
  PubSubMessage,
  RedisClaim,
  RedisTransaction,
  ScanOptions,
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaResult,
  StopOptions,
  SubscribeOptions,
  SubscribeUserOptions,
  Subscription,
  TtlOptions,
  UserNotifier,
  UserSubscriber,
  UserSubscription,
} from "./protocols.ts";
export {
  CrossSlotError,
  escapePattern,
  NotStartedError as RedisNotStartedError,
  OutcomeUnknownError,
  pipeToWebSocket,
  RedisClient,
  RedisCommandError,
  RedisCommands,
  RedisConnectionError,
  RedisError,
  RedisIdempotencyStore,
  redisOptionsFromEnv,
  RedisPubSub,
  SocketStalledError,
  SubscriptionOverflowError,
  toEventStream,
  TransactionCommandError,
  TransactionConflictError,
  TransactionStateError,
} from "./redis/mod.ts";
export type {
  EventStreamOptions,
  GapPolicy,
  PipeToWebSocketOptions,
  PubSubSettings,
  RedisClientOptions,
  RedisClusterOptions,
  RedisConnectionErrorOptions,
  RedisConnectionOptions,
  RedisIdempotencyStoreOptions,
  RedisNatMap,
  RedisPubSubClientOptions,
  RedisPubSubOptions,
  RedisSentinelOptions,
  RedisServerAddress,
  RedisTlsOptions,
  UserHistoryOptions,
  WebSocketLike,
  WireCommand,
  WireCommandKind,
  WireExecutor,
} from "./redis/mod.ts";
export {
  CircuitBreaker,
  CircuitOpenError,
  DEFAULT_EVENT_TYPE_TTLS_MS,
  FallbackQueueFullError,
  formatIdempotencyKey,
  hashEventId,
  idempotencyKey,
  IdempotencyStoreError,
  idempotencyTtlMs,
  idempotent,
  LeaseLostError,
  NotStartedError as ReliabilityNotStartedError,
  ReliabilityError,
  ResilientPublisher,
  retry,
  RetryError,
  systemClock,
  UnsentEventsError,
} from "./reliability/mod.ts";
export type {
  CircuitBreakerOptions,
  CircuitSnapshot,
  CircuitState,
  CircuitStateChange,
  ExecuteOptions,
  FallbackQueueFullErrorOptions,
  FlushReport,
  IdempotencyErrorOptions,
  IdempotencyKeyOptions,
  IdempotencyKeyParts,
  IdempotencyStoreErrorOptions,
  IdempotencyTtlOptions,
  IdempotentOptions,
  ResilientPublisherOptions,
  ResilientPublisherSnapshot,
  RetryOptions,
  UnsentEvent,
} from "./reliability/mod.ts";
