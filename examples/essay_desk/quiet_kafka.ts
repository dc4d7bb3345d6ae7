// Copyright 2026 the HuleEdu authors. MIT license.

import { Kafka, type KafkaConfig } from "kafkajs";

/** The part of kafkajs's cluster that leads to its connections. */
interface Cluster {
  readonly connectionPoolBuilder: {
    build(address?: object): Promise<{
      readonly pool: readonly { readonly requestQueue: RequestQueue }[];
    }>;
  };
}

/** The requests of a connection that have no answer yet. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * Creates a client of kafkajs that provokes no warning. kafkajs 2.2 sets a timer
 * at each response, with a negative delay that newer runtimes warn of; it has a
 * purpose only while requests are held back.
 *
 * @param config The configuration.
 * @returns The client. Of a release whose inside is another it is as it comes.
 */
export function quietKafka(config: KafkaConfig): Kafka {
  const kafka = new Kafka(config);
  const symbol = Object.getOwnPropertySymbols(kafka).find((each) =>
    each.description === "private:Kafka:createCluster"
  );
  if (symbol === undefined) return kafka;
  const internals = kafka as unknown as Record<
    symbol,
    (options: object) => Cluster
  >;
  const createCluster = internals[symbol]!.bind(kafka);
  internals[symbol] = (options) => {
    const cluster = createCluster(options);
    const builder = cluster.connectionPoolBuilder;
    const build = builder.build.bind(builder);
    builder.build = async (address) => {
      const connections = await build(address);
      for (const { requestQueue } of connections.pool) quieten(requestQueue);
      return connections;
    };
    return cluster;
  };
  return kafka;
}

function quieten(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}
