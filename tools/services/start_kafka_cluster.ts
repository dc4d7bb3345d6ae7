// Copyright 2026 the HuleEdu authors. MIT license.

import { newClusterId, startKafkaNode } from "./_kafka_node.ts";
import { handsOutProducerIds } from "./_kafka_probe.ts";
import { kafkaProperties } from "./_kafka_properties.ts";
import { freePort } from "./_ports.ts";
import type { RunningServer } from "./native_server.ts";

/** Options of {@linkcode startKafkaCluster}. */
export interface StartKafkaClusterOptions {
  /** Broker properties on top of ours, the same for each node. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Called with what takes long, in words. */
  readonly onProgress?: (message: string) => void;
}

/** A cluster that tests may disturb, node by node. */
export interface KafkaCluster extends AsyncDisposable {
  /** The nodes; the first has `node.id` 1. */
  readonly nodes: readonly RunningServer[];
  /** `host:port` of each node, apart by commas. */
  readonly bootstrapServers: string;
}

const NODE_IDS = [1, 2, 3] as const;
const REPLICATED: Readonly<Record<string, string>> = {
  "default.replication.factor": "3",
  "min.insync.replicas": "2",
  "offsets.topic.replication.factor": "3",
  "transaction.state.log.replication.factor": "3",
  "transaction.state.log.min.isr": "2",
};

/**
 * Starts three Kafka nodes of our own on loopback, each a broker and a voter.
 * Topics have three replicas, of which two must have what is acknowledged, so
 * any one node may fail.
 *
 * @throws {ServiceError} If Java or Maven is missing, or one does not start.
 */
export async function startKafkaCluster(
  options: StartKafkaClusterOptions = {},
): Promise<KafkaCluster> {
  const { properties = {}, onProgress } = options;
  const clusterId = newClusterId();
  const members = NODE_IDS.map((id) => ({
    id,
    port: freePort(),
    controller: freePort(),
  }));
  const voters = members.map(({ id, controller }) =>
    `${id}@127.0.0.1:${controller}`
  ).join();
  await using started = new AsyncDisposableStack();
  // A node is not ready before it can vote with another.
  const nodes = await Promise.allSettled(
    members.map(async ({ id, port, controller }) =>
      started.use(
        await startKafkaNode({
          port,
          clusterId,
          properties: {
            ...kafkaProperties({ port, host: "127.0.0.1", controller }),
            ...REPLICATED,
            "node.id": String(id),
            "controller.quorum.voters": voters,
            ...properties,
          },
          probe: () => handsOutProducerIds(port),
          onProgress,
        }),
      )
    ),
  );
  const failed = nodes.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  const owned = started.move();
  return {
    nodes: nodes.flatMap((node) =>
      node.status === "fulfilled" ? [node.value] : []
    ),
    bootstrapServers: members.map(({ port }) => `127.0.0.1:${port}`).join(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
