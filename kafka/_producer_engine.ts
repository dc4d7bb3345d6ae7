// Copyright 2026 the HuleEdu authors. MIT license.

import type { Buffer } from "node:buffer";

import type { Compression } from "./compression.ts";
import type { CheckedConnectionOptions } from "./connection_options.ts";
import { connectWithin } from "./_connect_within.ts";
import type {
  BatchResult,
  BrokerAddress,
  OutgoingBatch,
  ProducerEngine,
  ProducerIdentity,
} from "./engine.ts";
import { ProduceFailure } from "./engine.ts";
import { kafkaErrorName } from "./_kafka_errors.ts";
import {
  type Broker,
  closeCluster,
  type Cluster,
  openCluster,
} from "./_kafkajs.ts";
import {
  decodeProduceResponse,
  encodeProduceRequest,
  type ProduceResponsePart,
} from "./_produce_request.ts";
import { askTopicId } from "./_topic_id.ts";

const PRODUCE_API_KEY = 0;
const PRODUCE_API_VERSION = 7;
const TRANSACTION_TIMEOUT_MS = 60_000;

/** Produces over the connections of kafkajs. */
export class KafkaJsProducerEngine implements ProducerEngine {
  readonly #options: CheckedConnectionOptions;
  readonly #compression: Compression;
  readonly #firstServer: BrokerAddress;
  #cluster: Cluster | undefined;
  /** Metadata of one topic at a time: kafkajs keeps only the last answer. */
  #metadataTurn: Promise<unknown> = Promise.resolve();

  constructor(options: CheckedConnectionOptions, compression: Compression) {
    this.#options = options;
    this.#compression = compression;
    const [host = "", port] = options.brokers[0]!.split(":");
    this.#firstServer = { host, port: Number(port) };
  }

  async connect(): Promise<void> {
    const cluster = openCluster(this.#options);
    this.#cluster = cluster;
    await connectWithin(this.#options, async () => {
      await cluster.connect();
      await cluster.brokerPool.refreshMetadata([]);
    }, () => closeCluster(cluster));
  }

  async disconnect(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    if (cluster) await closeCluster(cluster).catch(() => {});
  }

  leaders(topic: string): Promise<readonly number[]> {
    const turn = this.#metadataTurn.then(async () => {
      const { brokerPool } = this.#cluster!;
      await brokerPool.refreshMetadata([topic]);
      const found = brokerPool.metadata?.topicMetadata.find((each) =>
        each.topic === topic
      );
      const leaders: number[] = [];
      for (const { partitionId, leader } of found?.partitionMetadata ?? []) {
        leaders[partitionId] = leader;
      }
      return Array.from(leaders, (leader) => leader ?? -1);
    });
    this.#metadataTurn = turn.catch(() => {});
    return turn;
  }

  async topicId(topic: string): Promise<string | undefined> {
    const broker = await this.#cluster!.brokerPool.findConnectedBroker();
    return await askTopicId(broker, topic);
  }

  address(node: number): BrokerAddress {
    const broker = this.#cluster?.brokerPool.brokers[node];
    const { host, port } = broker?.connectionPool ?? this.#firstServer;
    return { host, port };
  }

  async initProducerId(): Promise<ProducerIdentity> {
    const broker = await this.#cluster!.brokerPool.findConnectedBroker();
    const { producerId, producerEpoch } = await broker.initProducerId({
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
    });
    return { id: BigInt(String(producerId)), epoch: producerEpoch };
  }

  async produce(
    leader: number,
    batches: readonly OutgoingBatch[],
  ): Promise<BatchResult[]> {
    let broker: Broker | undefined;
    let left = false;
    try {
      broker = await this.#cluster!.brokerPool.findBroker({ nodeId: leader });
      const parts = await broker.connectionPool.send<ProduceResponsePart[]>({
        request: {
          apiKey: PRODUCE_API_KEY,
          apiVersion: PRODUCE_API_VERSION,
          apiName: "Produce",
          encode: () => {
            const buffer = encodeProduceRequest(
              batches,
              this.#compression,
              this.#options.requestTimeoutMs,
            );
            left = true;
            return Promise.resolve({ buf: buffer, buffer });
          },
        },
        response: {
          decode: (payload) =>
            Promise.resolve(decodeProduceResponse(payload as Buffer)),
          parse: (decoded) => Promise.resolve(decoded),
        },
      });
      return batches.map((batch) => resultFor(batch, parts));
    } catch (cause) {
      // A connection that swallowed a request is not trusted with the next one.
      if (left) await broker?.disconnect();
      throw new ProduceFailure(left, { cause });
    }
  }
}

function resultFor(
  batch: OutgoingBatch,
  parts: readonly ProduceResponsePart[],
): BatchResult {
  const part = parts.find((each) =>
    each.partition === batch.partition && each.topic === batch.topic
  );
  if (!part) return { baseOffset: -1, error: "UNKNOWN" };
  const { errorCode, baseOffset } = part;
  return errorCode === 0
    ? { baseOffset, error: null }
    : { baseOffset: -1, error: kafkaErrorName(errorCode) };
}
