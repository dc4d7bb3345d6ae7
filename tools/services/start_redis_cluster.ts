// Copyright 2026 the HuleEdu authors. MIT license.

import { freePort } from "./_ports.ts";
import { waitUntilReady } from "./_ready.ts";
import { askRedis } from "./ask_redis.ts";
import type { RunningServer } from "./native_server.ts";
import { ServiceError } from "./service_error.ts";
import { startRedis } from "./start_redis.ts";

/** Options of {@linkcode startRedisCluster}. */
export interface StartRedisClusterOptions {
  /**
   * Masters, which share the slots in equal parts.
   *
   * @default {3}
   */
  readonly masters?: number;
  /**
   * Replicas of the first master: the others have none.
   *
   * @default {0}
   */
  readonly replicas?: number;
  /** Arguments of all nodes. */
  readonly args?: readonly string[];
  /** Called with what takes long, in words. */
  readonly onProgress?: (message: string) => void;
}

/** A cluster that tests may disturb, node by node. */
export interface RedisCluster extends AsyncDisposable {
  /** The masters, in the order of their slots, then the replicas. */
  readonly nodes: readonly RunningServer[];
  /** Where they listen, as `RedisClient` takes it. */
  readonly addresses: ReadonlyArray<
    { readonly host: string; readonly port: number }
  >;
}

const SLOTS = 16_384;
const TIMEOUT_MS = 20_000;
/** A node that says nothing for so long is taken for dead. */
const NODE_TIMEOUT_MS = "1000";

/**
 * Starts a cluster of our own on loopback, and waits until all of it is there. A
 * master that is gone is replaced by its replica, where it has one, after a
 * second or two; the others keep their slots meanwhile.
 *
 * @throws {ServiceError} If there is no `redis-server`, or one does not start.
 */
export async function startRedisCluster(
  options: StartRedisClusterOptions = {},
): Promise<RedisCluster> {
  const { masters = 3, replicas = 0, args = [], onProgress = () => {} } =
    options;
  await using started = new AsyncDisposableStack();
  const nodes: Array<{ server: RunningServer; busPort: number }> = [];
  for (let i = 0; i < masters + replicas; i++) {
    const busPort = freePort();
    const server = await startRedis({
      args: [
        ...["--cluster-enabled", "yes", "--cluster-port", String(busPort)],
        ...["--cluster-node-timeout", NODE_TIMEOUT_MS],
        ...["--cluster-require-full-coverage", "no"],
        ...["--cluster-replica-validity-factor", "0"],
        ...["--repl-diskless-sync-delay", "0"],
        ...args,
      ],
      onProgress,
    });
    nodes.push({ server: started.use(server), busPort });
  }
  const servers = nodes.map(({ server }) => server);
  for (let i = 0; i < masters; i++) {
    const { port } = servers[i]!;
    const start = Math.ceil(i * SLOTS / masters);
    const end = Math.ceil((i + 1) * SLOTS / masters) - 1;
    await order(port, "CLUSTER", "SET-CONFIG-EPOCH", String(i + 1));
    await order(port, "CLUSTER", "ADDSLOTSRANGE", String(start), String(end));
  }
  for (const { server, busPort } of nodes.slice(1)) {
    await order(
      servers[0]!.port,
      ...["CLUSTER", "MEET", "127.0.0.1"],
      ...[String(server.port), String(busPort)],
    );
  }
  await untilAll(servers, (port) => knows(port, masters + replicas));
  const id = (await askRedis(servers[0]!.port, "CLUSTER", "MYID"))
    .split("\r\n")[1]!;
  for (const { port } of servers.slice(masters)) {
    await order(port, "CLUSTER", "REPLICATE", id);
  }
  await untilAll(servers, (port) => isWhole(port, replicas));
  const owned = started.move();
  return {
    nodes: servers,
    addresses: servers.map(({ port }) => ({ host: "127.0.0.1", port })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function order(port: number, ...words: string[]): Promise<void> {
  const answer = await askRedis(port, ...words);
  if (answer.startsWith("+OK")) return;
  throw new ServiceError(`"${words.join(" ")}" failed: ${answer.trim()}`);
}

async function untilAll(
  servers: readonly RunningServer[],
  isReady: (port: number) => Promise<boolean>,
): Promise<void> {
  for (const { port } of servers) {
    await waitUntilReady({
      service: "Redis Cluster",
      probe: () => isReady(port),
      hasEnded: () => false,
      readLog: () => askRedis(port, "CLUSTER", "NODES"),
      timeoutMs: TIMEOUT_MS,
    });
  }
}

async function knows(port: number, count: number): Promise<boolean> {
  const info = await askRedis(port, "CLUSTER", "INFO");
  return info.includes(`cluster_known_nodes:${count}\r\n`) &&
    info.includes("cluster_state:ok");
}

/** Whether all slots are served, and the replicas follow, as a node sees it. */
async function isWhole(port: number, replicas: number): Promise<boolean> {
  const info = await askRedis(port, "CLUSTER", "INFO");
  const nodes = await askRedis(port, "CLUSTER", "NODES");
  const followers = nodes.split("\n").filter((line) =>
    / (\w+,)?slave /.test(line)
  );
  const link = await askRedis(port, "INFO", "replication");
  return info.includes("cluster_state:ok") &&
    info.includes(`cluster_slots_ok:${SLOTS}\r\n`) &&
    followers.length === replicas &&
    !link.includes("master_link_status:down");
}
