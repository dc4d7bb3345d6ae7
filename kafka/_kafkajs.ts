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
import {
  type Connection,
  Connections,
  hangUp,
  isPatient,
} from "./_connections.ts";
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
  /** The requests that it knows, by key, once it is connected. */
  readonly versions: Readonly<Record<number, { maxVersion: number }>> | null;
  isConnected(): boolean;
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
      topics: readonly TopicPartitions<{ offset: string; metadata: string }>[];
    },
  ): Promise<unknown>;
  offsetFetch(request: {
    groupId: string;
    topics: readonly TopicPartitions<object>[];
  }): Promise<{
    responses: readonly TopicPartitions<{
      offset: string;
      metadata: string | null;
    }>[];
  }>;
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
  readonly pool: readonly Connection[];
  isConnected(): boolean;
  getConnection(index?: number): Promise<Connection>;
  getConnectionByRequest(protocol: {
    readonly request: { readonly apiName: string };
  }): Promise<Connection>;
  send<T>(request: ProtocolRequest<T>): Promise<T>;
  destroy(): Promise<void>;
}

/** The connections of each cluster that is open. */
const CONNECTIONS = new WeakMap<Cluster, Connections>();
const METADATA_API = "Metadata";
const FETCH_API = "Fetch";
const LEAVE_API = "LeaveGroup";
const TIMED_OUT = "KafkaJSRequestTimeoutError";
const METADATA_MAX_AGE_MS = 300_000;
/** The funnel and the consumer know better when to try again. */
const RETRY = { retries: 0 } as const;
const CONNECTION_TIMEOUT_MS = 3_000;

/** Opens a cluster that logs to our logger. Does no I/O. */
export function openCluster(options: CheckedConnectionOptions): Cluster {
  // Half of the time is left for another server than one that hangs.
  const connectionTimeout = Math.min(
    CONNECTION_TIMEOUT_MS,
    Math.ceil(options.connectTimeoutMs / 2),
  );
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ssl: options.ssl as NonNullable<KafkaConfig["ssl"]>,
    ...(options.sasl && { sasl: options.sasl as SASLOptions }),
    connectionTimeout,
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
  const cluster = internals[symbol]!({ metadataMaxAge: METADATA_MAX_AGE_MS });
  const connections = new Connections(connectionTimeout);
  tame(cluster, connections);
  CONNECTIONS.set(cluster, connections);
  return cluster;
}

/** Closes a cluster at once and for good, also when its brokers are gone. */
export async function closeCluster(cluster: Cluster): Promise<void> {
  CONNECTIONS.get(cluster)?.close();
  await cluster.disconnect();
}

/** Repairs what kafkajs does badly in its connections, and in choosing them. */
function tame(
  { brokerPool, connectionPoolBuilder: builder }: Cluster,
  connections: Connections,
): void {
  const build = builder.build.bind(builder);
  builder.build = async (address) => {
    const pool = await build(address);
    for (const each of pool.pool) connections.adopt(each);
    pool.getConnectionByRequest = ({ request }) =>
      pool.getConnection(connectionFor(request.apiName, pool));
    const send = pool.send.bind(pool);
    pool.send = (protocol) =>
      send(
        protocol.request.apiName === METADATA_API
          ? withPartialMetadata(protocol)
          : protocol,
      ).catch((error) => {
        if (error.name === TIMED_OUT) distrust(pool, protocol.request.apiName);
        throw error;
      });
    // kafkajs would wait for what is in flight to a broker that is gone.
    pool.destroy = () =>
      Promise.resolve(pool.pool.forEach((each) => hangUp(each)));
    return pool;
  };
  const find = brokerPool.findConnectedBroker.bind(brokerPool);
  brokerPool.findConnectedBroker = async () =>
    leastLoaded(Object.values(brokerPool.brokers)) ?? await find();
}

/** A connection that swallowed a request is not trusted with the next one. */
function distrust({ pool }: ConnectionPool, apiName: string): void {
  const connection = pool[apiName === FETCH_API ? 1 : 0];
  if (connection && !isPatient(connection)) hangUp(connection);
}

/**
 * Which of the two connections to a broker a request takes. A broker answers
 * what comes over one in turn: who leaves its group must not queue behind a
 * request to join it.
 */
function connectionFor(apiName: string, { pool }: ConnectionPool): 0 | 1 {
  const isBeside = apiName === FETCH_API ||
    apiName === LEAVE_API && isPatient(pool[0]!);
  return isBeside ? 1 : 0;
}

/** The broker that answers fastest, as far as one can tell: not one that hangs. */
function leastLoaded(brokers: readonly Broker[]): Broker | undefined {
  let found: Broker | undefined;
  let least = Infinity;
  for (const broker of brokers) {
    if (!broker.isConnected()) continue;
    const load = requestsInFlight(broker);
    if (load < least) [found, least] = [broker, load];
  }
  return found;
}

function requestsInFlight({ connectionPool }: Broker): number {
  return connectionPool.pool[0]?.requestQueue.inflight.size ?? 0;
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

/** What matters of it is said by the funnel and the consumer, once. */
function forward(options: CheckedConnectionOptions, entry: LogEntry): void {
  const { timestamp: _timestamp, logger: _logger, message, ...fields } =
    entry.log;
  options.logger?.debug(message, { kafkajs: entry.namespace, ...fields });
}
