// Copyright 2026 the HuleEdu authors. MIT license.

import { FaultProxy } from "@huleedu/service-libs/testing";
import {
  freePort,
  type RunningServer,
  startKafka,
} from "../../tools/services/mod.ts";

/** Kafka's numbers of requests. */
export const API = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  offsetCommit: 8,
  heartbeat: 12,
} as const;

/** A broker that is killed comes back without waiting for its old session. */
export const FAST_RESTART: Readonly<Record<string, string>> = {
  "broker.session.timeout.ms": "1000",
  "broker.heartbeat.interval.ms": "200",
};

/** A broker that all clients reach through a proxy, if there is one. */
export interface ProxiedKafka {
  readonly broker: RunningServer;
  /** What clients are given: the proxy's port, which is also the advertised one. */
  readonly bootstrapServers: string;
  /** Puts the proxy there. */
  connectProxy(): Promise<FaultProxy<"kafka">>;
}

/** Starts a broker that advertises the port of a proxy. */
export async function startProxiedKafka(
  properties: Readonly<Record<string, string>> = {},
): Promise<ProxiedKafka> {
  const listenPort = freePort();
  const address = `127.0.0.1:${listenPort}`;
  const broker = await startKafka({
    properties: {
      "advertised.listeners": `PLAINTEXT://${address}`,
      ...properties,
    },
  });
  const { port } = broker;
  return {
    broker,
    bootstrapServers: address,
    connectProxy: () =>
      FaultProxy.connect({ port, listenPort, framing: "kafka" }),
  };
}
