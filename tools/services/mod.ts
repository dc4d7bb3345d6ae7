// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Real Kafka and Redis on loopback, for tests and for trying things out.
 *
 * @example A Redis that a test may break
 * ```ts ignore
 * import { startRedis } from "../../tools/services/mod.ts";
 *
 * await using redis = await startRedis({ args: ["--maxclients", "20"] });
 * await redis.kill("SIGKILL");
 * await redis.restart();
 * ```
 *
 * @module
 */

export { freePort } from "./_ports.ts";
export { requireChromium } from "./_programs.ts";
export { askRedis } from "./ask_redis.ts";
export {
  type Address,
  kafkaAddresses,
  redisAddress,
  requireNamedServers,
} from "./named_servers.ts";
export type { RunningServer } from "./native_server.ts";
export { type SelfSigned, selfSigned } from "./self_signed.ts";
export type { Service, ServiceRecord } from "./service.ts";
export { ServiceError } from "./service_error.ts";
export { startKafka, type StartKafkaOptions } from "./start_kafka.ts";
export {
  type KafkaCluster,
  startKafkaCluster,
  type StartKafkaClusterOptions,
} from "./start_kafka_cluster.ts";
export { startRedis, type StartRedisOptions } from "./start_redis.ts";
export {
  type RedisCluster,
  startRedisCluster,
  type StartRedisClusterOptions,
} from "./start_redis_cluster.ts";
export {
  type RedisSentinelGroup,
  startRedisSentinel,
  type StartRedisSentinelOptions,
} from "./start_redis_sentinel.ts";
export {
  type Services,
  type ServicesEnv,
  startServices,
} from "./start_services.ts";
export { isRunning, stopRecord } from "./stop_record.ts";
