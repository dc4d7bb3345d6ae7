// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Redis that says what happened: commands that are never silently sent twice,
 * claims with a fence, transactions on connections of their own, publish and
 * subscribe that tells of gaps, and the memory of which events were handled.
 *
 * @example A claim that is released at the end of its block
 * ```ts ignore
 * import { RedisClient } from "@huleedu/service-libs/redis";
 *
 * await using redis = await RedisClient.connect({
 *   clientId: "reports",
 *   url: "redis://localhost:6379",
 * });
 * await using claim = await redis.claim("report:2026-01", { ttlMs: 30_000 });
 * if (claim === null) console.log("another instance is at it");
 * ```
 *
 * @module
 */

export type { RedisClusterOptions } from "./cluster_options.ts";
export type { RedisConnectionOptions } from "./connection_options.ts";
export {
  CrossSlotError,
  NotStartedError,
  OutcomeUnknownError,
  RedisCommandError,
  RedisConnectionError,
  type RedisConnectionErrorOptions,
  RedisError,
  SocketStalledError,
  SubscriptionOverflowError,
  TransactionCommandError,
  TransactionConflictError,
  TransactionStateError,
} from "./errors.ts";
export { escapePattern } from "./escape_pattern.ts";
export type { GapPolicy } from "./gap_policy.ts";
export {
  pipeToWebSocket,
  type PipeToWebSocketOptions,
  type WebSocketLike,
} from "./pipe_to_web_socket.ts";
export type { PubSubSettings } from "./pubsub_settings.ts";
export { RedisClient, type RedisClientOptions } from "./redis_client.ts";
export { RedisCommands } from "./redis_commands.ts";
export {
  RedisIdempotencyStore,
  type RedisIdempotencyStoreOptions,
} from "./redis_idempotency_store.ts";
export { redisOptionsFromEnv } from "./redis_options_from_env.ts";
export {
  RedisPubSub,
  type RedisPubSubClientOptions,
  type RedisPubSubOptions,
} from "./redis_pubsub.ts";
export type { RedisSentinelOptions } from "./sentinel_options.ts";
export type { RedisNatMap, RedisServerAddress } from "./server_address.ts";
export type { RedisTlsOptions } from "./tls_options.ts";
export { type EventStreamOptions, toEventStream } from "./to_event_stream.ts";
export type { UserHistoryOptions } from "./user_history.ts";
export type {
  WireCommand,
  WireCommandKind,
  WireExecutor,
} from "./wire_command.ts";
