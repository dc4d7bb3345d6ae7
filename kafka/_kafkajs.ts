// Copyright 2026 the HuleEdu authors. MIT license.

// The one file that names kafkajs. It opens kafkajs's client and, behind it,
// the cluster: connections, authentication and metadata are kafkajs's, what is
// sent over them is ours. kafkajs 2.2 has no public way to the cluster, and its
// producer cannot be used as it is: under concurrent sends a lost response
// makes it acknowledge an event that is not in the log.

import { Kafka, logLevel } from "kafkajs";
import type { Consumer, KafkaConfig, LogEntry, SASLOptions } from "kafkajs";

import type { CheckedConnectionOptions } from "./connection_options.ts";
import { KafkaConnectionError } from "./errors.ts";

export type { Consumer };

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
/** kafkajs gives up soon, since the funnel and the consumer know better when to. */
const RETRY = { retries: 1, initialRetryTime: 50, maxRetryTime: 500 } as const;
const CONNECTION_TIMEOUT_MS = 3_000;

/** A kafkajs client that logs to our logger and hands out its clusters. */
export interface KafkaJs {
  readonly kafka: Kafka;
  /** Opens a cluster for requests of our own. */
  createCluster(): Cluster;
  /** The cluster that kafkajs made last, for a consumer of its own. */
  lastCluster(): Cluster;
}

/** Opens kafkajs. Does no I/O. */
export function openKafkaJs(options: CheckedConnectionOptions): KafkaJs {
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
  const create = internals[symbol]!;
  let last: Cluster | undefined;
  internals[symbol] = (clusterOptions) => last = tame(create(clusterOptions));
  return {
    kafka,
    createCluster: () => internals[symbol]!({ metadataMaxAge: 300_000 }),
    lastCluster: () => last!,
  };
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
