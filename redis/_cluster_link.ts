// Copyright 2026 the HuleEdu authors. MIT license.

import type { Cluster } from "./_cluster.ts";
import { ClusterRoute } from "./_cluster_route.ts";
import { scanCluster } from "./_cluster_scan.ts";
import { keysOf, slotOf } from "./_command_keys.ts";
import { GivenBackError } from "./_given_back_error.ts";
import { keySlot } from "./_key_slot.ts";
import type { Link } from "./_link.ts";
import { connectionError } from "./_open_connection.ts";
import { NotStartedError, OutcomeUnknownError } from "./errors.ts";
import type { WireCommand } from "./wire_command.ts";

/** What a {@linkcode ClusterLink} needs. */
export interface ClusterLinkOptions {
  readonly cluster: Cluster;
  readonly commandTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
}

const ASKING: WireCommand = { kind: "once", name: "ASKING", args: [] };

/** Sends each command to the node that has its keys. */
export class ClusterLink implements Link {
  readonly #options: ClusterLinkOptions;
  #running = false;
  readonly isCluster = true;
  generation = 0;
  beforeSend: (() => void) | undefined;

  constructor(options: ClusterLinkOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#options.cluster.start();
    this.#running = true;
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#running = false;
    await this.#options.cluster.stop(timeoutMs);
  }

  deadline(): number {
    // Each command takes its deadline here first. What waits to be sent before
    // it has the earlier one: without a connection, they leave in that order.
    this.beforeSend?.();
    return performance.now() + this.#options.commandTimeoutMs;
  }

  flush(): void {
    for (const node of this.#options.cluster.masters) node.flush();
  }

  scan(pattern: string, count: number): AsyncIterable<string> {
    return scanCluster(this.#options.cluster, this, pattern, count);
  }

  async run<Reply>(
    command: WireCommand,
    deadline: number = this.deadline(),
  ): Promise<Reply> {
    if (!this.#running) throw new NotStartedError(this.#options.subject);
    const { name, subject = name } = command;
    const keys = keysOf(command);
    if (name === "DEL" && keys.length > 1) {
      return await this.#delete(keys, deadline) as Reply;
    }
    if (name === "SCRIPT" || name === "PING") {
      return await this.#sendToAll(command, deadline) as Reply;
    }
    return await this.send(command, slotOf(subject, keys), deadline) as Reply;
  }

  /**
   * Sends a command to who has a slot.
   *
   * @param slot The slot; `null` where any node will do.
   */
  async send(
    command: WireCommand,
    slot: number | null,
    deadline: number,
  ): Promise<unknown> {
    const route = new ClusterRoute(this.#options.cluster, slot, deadline);
    let maybeApplied = false;
    for (;;) {
      const node = route.node ?? await route.find(command.name);
      try {
        const { link } = node;
        // The next command on the connection is what it is for.
        if (route.asking) link.run(ASKING, deadline).catch(() => {});
        return await link.run(command, deadline);
      } catch (error) {
        if (error instanceof GivenBackError) {
          maybeApplied ||= error.maybeApplied;
        }
        try {
          await route.next(error, node);
        } catch (last) {
          throw this.#failure(command, last, maybeApplied);
        }
      }
    }
  }

  #failure(
    { name, subject = name, kind }: WireCommand,
    error: unknown,
    maybeApplied: boolean,
  ): unknown {
    if (maybeApplied && kind !== "read") {
      const reason = "the connection was lost before the reply";
      return new OutcomeUnknownError(subject, reason, { cause: error });
    }
    if (!(error instanceof GivenBackError)) return error;
    return connectionError(
      this.#options.cluster.address,
      `${subject} was not sent: its node of the cluster cannot be reached`,
    );
  }

  async #sendToAll(command: WireCommand, deadline: number): Promise<unknown> {
    const { cluster } = this.#options;
    const replies = cluster.masters.map((node) =>
      this.send(command, cluster.slotOf(node), deadline)
    );
    // A cluster is there when all of it is. A script is sent to who lacks it.
    if (command.name === "PING") return (await Promise.all(replies))[0];
    try {
      return await Promise.any(replies);
    } catch (error) {
      throw (error as AggregateError).errors[0];
    }
  }

  /** Key by key: several at once are refused while their slot moves. */
  async #delete(keys: readonly string[], deadline: number): Promise<number> {
    const parts = await Promise.allSettled(
      keys.map((key) =>
        this.send(
          { kind: "once", name: "DEL", args: [key] },
          keySlot(key),
          deadline,
        )
      ),
    );
    let count = 0;
    const failures: unknown[] = [];
    for (const part of parts) {
      if (part.status === "fulfilled") count += Number(part.value);
      else failures.push(part.reason);
    }
    if (failures.length === 0) return count;
    throw failures.length === parts.length && failures.every(isNotApplied)
      ? failures[0]
      : partOf(failures);
  }
}

/** Some keys may be gone, so that nothing less can be said of all. */
function partOf(failures: readonly unknown[]): OutcomeUnknownError {
  const cause =
    failures.find((error) => error instanceof OutcomeUnknownError) ??
      failures[0];
  return new OutcomeUnknownError(
    "DEL",
    "some nodes of the cluster have not answered, or have refused",
    { cause },
  );
}

function isNotApplied(error: unknown): boolean {
  return !(error instanceof OutcomeUnknownError);
}
