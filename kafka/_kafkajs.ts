// Copyright 2026 the HuleEdu authors. MIT license.

// The one file that names kafkajs. It opens kafkajs's client and, behind it,
// the cluster: connections, authentication and metadata are kafkajs's, what is
// sent over them is ours. kafkajs 2.2 has no public way to the cluster, and its
// producer cannot be used as it is: under concurrent sends a lost response
// makes it acknowledge an event that is not in the log.

import type { Buffer } from "node:buffer";

import { Kafka, logLevel } from "kafkajs";
import type { KafkaConfig, LogEntry, SASLOptions } from "kafkajs";

import type { CheckedConnectionOptions } from "./connection_options.ts";
import { KafkaConnectionError } from "./errors.ts";

/** The part of kafkajs's cluster that is used. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: {
    readonly metadata: ClusterMetadata | null;
    readonly brokers: Record<string, Broker>;
    readonly seedBroker?: Broker;
    refreshMetadata(topics: readonly string[]): Promise<void>;
    findBroker(query: { nodeId: number }): Promise<Broker>;
    findConnectedBroker(): Promise<Broker>;
  };
  readonly connectionPoolBuilder: {
    build(address?: object): Promise<ConnectionPool>;
  };
}

/** What the cluster says of topics. */
export interface ClusterMetadata {
  readonly topicMetadata: ReadonlyArray<{
    readonly topic: string;
    readonly topicErrorCode: number;
    readonly partitionMetadata: ReadonlyArray<{
      readonly partitionId: number;
      readonly leader: number;
    }>;
  }>;
}

/** One broker and its connections. */
export interface Broker {
  readonly connectionPool: ConnectionPool;
  disconnect(): Promise<void>;
  initProducerId(request: {
    transactionTimeout: number;
  }): Promise<{ producerId: unknown; producerEpoch: number }>;
  findGroupCoordinator(request: {
    groupId: string;
    coordinatorType: number;
  }): Promise<{ coordinator: { nodeId: number } }>;
  joinGroup(request: {
    groupId: string;
    memberId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    groupProtocols: ReadonlyArray<{ name: string; metadata: Uint8Array }>;
  }): Promise<JoinedGroup>;
  syncGroup(request: {
    groupId: string;
    memberId: string;
    generationId: number;
    groupAssignment: ReadonlyArray<{
      memberId: string;
      memberAssignment: Uint8Array;
    }>;
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: MemberOfGroup): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetCommit(
    request: MemberOfGroup & {
      topics: readonly TopicPartitions<{ offset: string }>[];
    },
  ): Promise<unknown>;
  offsetFetch(request: {
    groupId: string;
    topics: readonly TopicPartitions<object>[];
  }): Promise<{ responses: readonly TopicPartitions<{ offset: string }>[] }>;
  listOffsets(request: {
    isolationLevel: number;
    topics: readonly TopicPartitions<{ timestamp: number }>[];
  }): Promise<{
    responses: readonly TopicPartitions<{ offset: string }>[];
  }>;
}

/** Who asks, in requests of a member of a group. */
export interface MemberOfGroup {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupGenerationId: number;
}

/** What the coordinator answers to a member that joins. */
export interface JoinedGroup {
  readonly generationId: number;
  readonly memberId: string;
  readonly leaderId: string;
  /** Empty for all members but the leader. */
  readonly members: ReadonlyArray<{
    readonly memberId: string;
    readonly memberMetadata: Buffer;
  }>;
}

/** Something said of partitions, topic by topic. */
export interface TopicPartitions<T> {
  readonly topic: string;
  readonly partitions: ReadonlyArray<T & { readonly partition: number }>;
}

/** A request of the Kafka protocol, as kafkajs's connections take it. */
export interface ProtocolRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<
      { readonly buf: Uint8Array; readonly buffer: Uint8Array }
    >;
  };
  readonly response: {
    decode(payload: Uint8Array): Promise<T>;
    parse(decoded: T): Promise<T>;
  };
  readonly logResponseError?: boolean;
}

/** Two connections to one broker. */
export interface ConnectionPool {
  readonly host: string;
  readonly port: number;
  readonly pool: ReadonlyArray<{
    readonly socket?: { destroy(): void };
    readonly requestQueue: {
      rejectAll(error: Error): void;
      readonly pending: readonly unknown[];
      scheduleCheckPendingRequests(): void;
    };
  }>;
  getConnection(index?: number): Promise<unknown>;
  send<T>(request: ProtocolRequest<T>): Promise<T>;
}

const METADATA_API = "Metadata";
const METADATA_MAX_AGE_MS = 300_000;
/** kafkajs gives up soon, since the funnel and the consumer know better when to. */
const RETRY = { retries: 1, initialRetryTime: 50, maxRetryTime: 500 } as const;
const CONNECTION_TIMEOUT_MS = 3_000;

/** Opens a cluster that logs to our logger. Does no I/O. */
export function openCluster(options: CheckedConnectionOptions): Cluster {
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ssl: options.ssl as NonNullable<KafkaConfig["ssl"]>,
    ...(options.sasl && { sasl: options.sasl as SASLOptions }),
    connectionTimeout: Math.min(
      CONNECTION_TIMEOUT_MS,
      options.connectTimeoutMs,
    ),
    requestTimeout: options.requestTimeoutMs,
    retry: RETRY,
    logLevel: options.logger ? logLevel.WARN : logLevel.NOTHING,
    logCreator: () => (entry) => forward(options, entry),
  });
  const symbol = Object.getOwnPropertySymbols(kafka).find((each) =>
    each.description === "private:Kafka:createCluster"
  );
  if (!symbol) {
    throw new KafkaConnectionError(
      options.brokers,
      "this release of kafkajs is not known; version 2.2 is",
    );
  }
  const internals = kafka as unknown as Record<
    symbol,
    (options: object) => Cluster
  >;
  return tame(internals[symbol]!({ metadataMaxAge: METADATA_MAX_AGE_MS }));
}

/** Closes a cluster at once and for good, also when its brokers are gone. */
export async function closeCluster(cluster: Cluster): Promise<void> {
  const { brokers, seedBroker } = cluster.brokerPool;
  const all = [...Object.values(brokers), ...(seedBroker ? [seedBroker] : [])];
  // kafkajs goes on trying in the background; it must not connect again.
  const refuse = () =>
    Promise.reject(
      Object.assign(new Error("Client is closed"), { retriable: false }),
    );
  cluster.connectionPoolBuilder.build = refuse;
  for (const broker of all) {
    broker.connectionPool.getConnection = refuse;
    hangUp(broker);
  }
  await cluster.disconnect();
}

/** Closes a broker's connections at once; what is in flight on them fails. */
export function hangUp(broker: Broker): void {
  for (const { socket, requestQueue } of broker.connectionPool.pool) {
    requestQueue.rejectAll(new Error("Connection was closed by this client"));
    socket?.destroy();
  }
  broker.disconnect().catch(() => {});
}

/** Repairs what kafkajs does badly in its connections. */
function tame(cluster: Cluster): Cluster {
  const builder = cluster.connectionPoolBuilder;
  const build = builder.build.bind(builder);
  builder.build = async (address) => {
    const pool = await build(address);
    for (const { requestQueue } of pool.pool) quieten(requestQueue);
    const send = pool.send.bind(pool);
    pool.send = (protocol) =>
      send(
        protocol.request.apiName === METADATA_API
          ? withPartialMetadata(protocol)
          : protocol,
      );
    return pool;
  };
  return cluster;
}

/**
 * kafkajs sets a timer at each response, with a negative delay that newer
 * runtimes warn of. It has a purpose only while requests are held back.
 */
function quieten(queue: ConnectionPool["pool"][number]["requestQueue"]): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}

/**
 * kafkajs rejects a whole metadata response when one partition has no leader.
 * The others can be written and read all the same.
 */
function withPartialMetadata<T>(
  protocol: ProtocolRequest<T>,
): ProtocolRequest<T> {
  const { decode } = protocol.response;
  const parse = (decoded: T) => Promise.resolve(decoded);
  return { ...protocol, response: { decode, parse } };
}

/** kafkajs calls an error what it is about to try again: for us, that is a warning. */
function forward(options: CheckedConnectionOptions, entry: LogEntry): void {
  const { timestamp: _timestamp, logger: _logger, message, ...fields } =
    entry.log;
  const details = { kafkajs: entry.namespace, ...fields };
  if (entry.level === logLevel.ERROR) options.logger?.warn(message, details);
  else options.logger?.debug(message, details);
}
