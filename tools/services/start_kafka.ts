// Copyright 2026 the HuleEdu authors. MIT license.

import { newClusterId, startKafkaNode } from "./_kafka_node.ts";
import { coordinatesGroups } from "./_kafka_probe.ts";
import { kafkaProperties } from "./_kafka_properties.ts";
import { freePort, requireFreePort } from "./_ports.ts";
import type { RunningServer } from "./native_server.ts";

/** Options of {@linkcode startKafka}. */
export interface StartKafkaOptions {
  /** The port of the broker; a free one by default. */
  readonly port?: number;
  /** Broker properties on top of ours, such as `{ "num.partitions": "1" }`. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Users that may log in by SCRAM, with their passwords. */
  readonly scramUsers?: Readonly<Record<string, string>>;
  /** Called with what takes long, in words. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Starts a Kafka of our own on loopback, a single KRaft node, in a temporary
 * folder that goes with it. It is downloaded once.
 *
 * After a `SIGKILL` the broker comes back only when its old session has timed
 * out; a test that restarts it may lower `broker.session.timeout.ms`.
 *
 * @throws {ServiceError} If Java or Maven is missing, or it does not start.
 */
export async function startKafka(
  options: StartKafkaOptions = {},
): Promise<RunningServer> {
  const { properties = {}, scramUsers = {}, onProgress } = options;
  const port = options.port ?? freePort();
  requireFreePort(port, "Kafka");
  return await startKafkaNode({
    port,
    clusterId: newClusterId(),
    properties: {
      ...kafkaProperties({ port, host: "127.0.0.1" }),
      ...properties,
    },
    scramUsers,
    probe: () => coordinatesGroups(port),
    onProgress,
  });
}
