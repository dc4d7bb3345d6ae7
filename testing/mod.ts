// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Doubles for every port, and faults to try them with: Kafka and Redis in
 * memory, a logger that remembers, a clock that waits to be told, and faults
 * wrapped round any port or put between a service and a real server.
 *
 * @example A publisher that times out once
 * ```ts
 * import { createEnvelope } from "@huleedu/service-libs/events";
 * import { MemoryBus, withFaults } from "@huleedu/service-libs/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const type = "huleedu.essay.created.v1";
 * const event = createEnvelope({ eventType: type, sourceService: "t", data: {} });
 * await using bus = await MemoryBus.connect();
 * const faulty = withFaults(bus, {
 *   rules: [{ kind: "fail", method: "publishEvent", nth: 1 }],
 * });
 *
 * await assertRejects(() => faulty.port.publishEvent(type, event));
 * assertEquals(await faulty.port.publishEvent(type, event), "sent");
 * assertEquals(bus.records(type).length, 1);
 * ```
 *
 * @module
 */

export { FaultProxy } from "./fault_proxy.ts";
export { FaultProxyError } from "./fault_proxy_error.ts";
export type { FaultProxyErrorReason } from "./fault_proxy_error.ts";
export type { FaultProxyOptions } from "./fault_proxy_options.ts";
export { FaultError, withFaults } from "./faults.ts";
export type {
  AsyncMethod,
  FaultCall,
  FaultKind,
  FaultOptions,
  FaultRule,
  FaultyPort,
} from "./faults.ts";
export { ManualClock } from "./manual_clock.ts";
export type { ManualClockOptions } from "./manual_clock.ts";
export { MemoryBus } from "./memory_bus.ts";
export type {
  MemoryBusOptions,
  MemoryRecord,
  RawRecordOptions,
} from "./memory_bus.ts";
export { MemoryConsumer } from "./memory_consumer.ts";
export type { MemoryConsumerOptions } from "./memory_consumer.ts";
export { MemoryIdempotencyStore } from "./memory_idempotency_store.ts";
export type {
  IdempotencyCounts,
  MemoryIdempotencyStoreOptions,
} from "./memory_idempotency_store.ts";
export { MemoryPubSub } from "./memory_pubsub.ts";
export type { MemoryPubSubOptions } from "./memory_pubsub.ts";
export { MemoryRedis } from "./memory_redis.ts";
export type { MemoryRedisOptions, MemoryScript } from "./memory_redis.ts";
export type {
  ByteChunk,
  KafkaRequest,
  ProxiedRequest,
  ProxiedRequests,
  ProxyFraming,
  RespCommand,
} from "./proxied_request.ts";
export type {
  ProxyEvent,
  ProxyEventKind,
  ProxyFaultKind,
} from "./proxy_event.ts";
export type {
  ProxyBlackholeOptions,
  ProxyChaosOptions,
  ProxyCutOptions,
  ProxyFaultOptions,
} from "./proxy_fault.ts";
export { RecordingLogger } from "./recording_logger.ts";
export type { RecordedLine, RecordedLineQuery } from "./recording_logger.ts";
export { seededRandom } from "./seeded_random.ts";
