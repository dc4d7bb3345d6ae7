// Copyright 2026 the HuleEdu authors. MIT license.

import { freePort } from "./_ports.ts";

/** Where a broker listens. */
export interface KafkaAddress {
  /** The port, which is advertised on 127.0.0.1. */
  readonly port: number;
  /** The address it binds to. */
  readonly host: string;
  /** The port of its controller; a free one by default. */
  readonly controller?: number;
}

/** The properties of a single KRaft node that suits tests. */
export function kafkaProperties(
  { port, host, controller = freePort() }: KafkaAddress,
): Record<string, string> {
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${controller}`,
    "controller.listener.names": "CONTROLLER",
    "listeners": `PLAINTEXT://${host}:${port},` +
      `CONTROLLER://127.0.0.1:${controller}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "listener.security.protocol.map":
      "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "num.partitions": "3",
    "offsets.topic.num.partitions": "3",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "3",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    // A consumer group of one need not wait for others to join.
    "group.initial.rebalance.delay.ms": "0",
  };
}
