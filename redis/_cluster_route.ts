// Copyright 2026 the HuleEdu authors. MIT license.

import type { Cluster } from "./_cluster.ts";
import type { ClusterNode } from "./_cluster_node.ts";
import { connectionError } from "./_open_connection.ts";
import { pause } from "./_pause.ts";
import { readRedirect } from "./_redirect.ts";

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/** The way of one command to the node that has its slot. */
export class ClusterRoute {
  readonly #cluster: Cluster;
  readonly #slot: number | null;
  readonly #deadline: number;
  readonly #signal: AbortSignal;
  #asked: ClusterNode | null = null;
  #pauses = 0;
  #redirects = 0;

  /**
   * @param cluster The cluster.
   * @param slot The slot; `null` where any node will do.
   * @param deadline When to stop trying.
   * @param signal Gives up while it waits.
   */
  constructor(
    cluster: Cluster,
    slot: number | null,
    deadline: number,
    signal: AbortSignal = cluster.closing,
  ) {
    this.#cluster = cluster;
    this.#slot = slot;
    this.#deadline = deadline;
    this.#signal = signal;
  }

  /** Where to go; `undefined` while nobody has the slot. */
  get node(): ClusterNode | undefined {
    if (this.#asked !== null) return this.#asked;
    return this.#slot === null
      ? this.#cluster.anyMaster()
      : this.#cluster.ownerOf(this.#slot);
  }

  /** Whether the node only has what has moved already, and is to be told. */
  get asking(): boolean {
    return this.#asked !== null;
  }

  /** Where to go, as soon as somebody has the slot. */
  async find(command: string): Promise<ClusterNode> {
    for (;;) {
      const { node } = this;
      if (node !== undefined) return node;
      if (performance.now() >= this.#deadline) {
        throw connectionError(
          this.#cluster.address,
          `${command} was not sent: no node of the cluster has slot ${this.#slot}`,
        );
      }
      await this.#wait();
    }
  }

  /**
   * Goes another way after a node has not applied the command.
   *
   * @param error What the node has said; rethrown where there is no other way,
   * or no time.
   * @param from The node.
   */
  async next(error: unknown, from: ClusterNode): Promise<void> {
    const redirect = readRedirect(error);
    if (redirect === null || performance.now() >= this.#deadline) throw error;
    this.#asked = null;
    // The node gives back what waits whenever there is reason to look again.
    if (redirect.kind === "lost") return;
    if (redirect.kind === "wait") return await this.#wait();
    const { kind, slot, port } = redirect;
    const address = { host: redirect.host || from.address.host, port };
    // Two nodes may send us to and fro until they agree.
    if (this.#redirects++ > 2) await this.#wait();
    if (kind === "moved") this.#cluster.moved(slot, address);
    else this.#asked = this.#cluster.nodeAt(address);
  }

  async #wait(): Promise<void> {
    this.#cluster.refreshSoon();
    const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses++);
    await pause(ms, this.#signal);
  }
}
