// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import { askWithin } from "./_ask_within.ts";
import { ClusterNode } from "./_cluster_node.ts";
import type { RedisConnection } from "./_connection.ts";
import { SLOTS } from "./_key_slot.ts";
import { connectionError, createOpener, label } from "./_open_connection.ts";
import type { RedisAddress } from "./_redis_url.ts";
import { readSlots, type SlotRange } from "./_slot_map.ts";
import { sharedController } from "./abort_scope.ts";
import type { ClusterSettings } from "./cluster_options.ts";
import { NotStartedError } from "./errors.ts";
import type { RedisServerAddress } from "./server_address.ts";
import type { WireCommand } from "./wire_command.ts";

/** What a {@linkcode Cluster} needs. */
export interface ClusterOptions {
  readonly settings: ClusterSettings;
  readonly clientId: string;
  readonly commandTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** The client, as messages name it. */
  readonly subject: string;
  readonly logger?: Logger | undefined;
}

/** How long a node may take to tell who has which slots: others know as well. */
const ANSWER_MS = 1_000;

/** How often that is asked though nothing seems to have changed. */
const REFRESH_MS = 5_000;

/** How many nodes are asked at once where none is connected. */
const ASKED_AT_ONCE = 3;

const CLUSTER_SLOTS: WireCommand = {
  kind: "read",
  name: "CLUSTER",
  args: ["SLOTS"],
};

/** Who is in a cluster, and which master has which slots. */
export class Cluster {
  readonly #options: ClusterOptions;
  #masters = new Map<string, ClusterNode>();
  /** Nodes without a slot, to which a slot is moving. */
  readonly #others = new Map<string, ClusterNode>();
  #owners: Array<ClusterNode | undefined> = new Array(SLOTS);
  /** All nodes that were heard of, replicas too. */
  #known: readonly RedisServerAddress[] = [];
  readonly #leaving = new Set<Promise<void>>();
  #refreshing: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closing = sharedController();
  #turn = 0;
  /** Who has which slots, as text. */
  layout = "";

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  /** The first of the nodes that were named, for messages. */
  get address(): RedisAddress {
    const { nodes, login } = this.#options.settings;
    return { ...login, ...nodes[0]! };
  }

  /** Aborts when the cluster is stopped. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The masters that have slots, by their first. */
  get masters(): readonly ClusterNode[] {
    return [...this.#masters.values()];
  }

  async start(): Promise<void> {
    this.#closing = sharedController();
    await this.refresh();
    this.#timer = setInterval(() => this.refreshSoon(), REFRESH_MS);
  }

  /** Waits for what is in flight, at most `timeoutMs`, and closes. */
  async stop(timeoutMs: number): Promise<void> {
    clearInterval(this.#timer);
    const nodes = [...this.#masters.values(), ...this.#others.values()];
    await Promise.all(nodes.map((node) => node.stop(timeoutMs)));
    this.#closing.abort(new NotStartedError(this.#options.subject));
    await Promise.allSettled([...this.#leaving, this.#refreshing]);
    this.#masters.clear();
    this.#others.clear();
    this.#owners = new Array(SLOTS);
  }

  /** The master that has a slot, as far as is known. */
  ownerOf(slot: number): ClusterNode | undefined {
    return this.#owners[slot];
  }

  /** The first slot of a master. */
  slotOf(node: ClusterNode): number {
    return this.#owners.indexOf(node);
  }

  /** A master that is there, the same each time while it is. */
  anyMaster(): ClusterNode | undefined {
    const { masters } = this;
    return masters.find((node) => !node.isLost) ?? masters[0];
  }

  /** The node at an address that another node has given. */
  nodeAt(given: RedisServerAddress): ClusterNode {
    const address = this.#translate(given);
    const name = label(address);
    let node = this.#masters.get(name) ?? this.#others.get(name);
    if (node === undefined) {
      node = this.#create(address);
      this.#others.set(name, node);
    }
    node.isUsed = true;
    return node;
  }

  /** A node has said where a slot is now. */
  moved(slot: number, to: RedisServerAddress): void {
    const node = this.nodeAt(to);
    this.#others.delete(node.label);
    this.#masters.set(node.label, node);
    this.#owners[slot] = node;
    this.refreshSoon();
  }

  /** Asks who has which slots, unless that is being asked. */
  refreshSoon(): void {
    this.refresh().catch(() => {});
  }

  /** Asks who has which slots. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => this.#refreshing = null);
    return this.#refreshing;
  }

  /** Opens a connection for messages, which every node hands on to all. */
  async openAny(signal: AbortSignal): Promise<RedisConnection> {
    let failure: unknown;
    const nodes = this.masters.toSorted((a, b) =>
      Number(a.isLost) - Number(b.isLost)
    );
    for (const node of nodes) {
      try {
        return await node.openBound(signal);
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    throw connectionError(this.address, "No node of the cluster is known");
  }

  async #refresh(): Promise<void> {
    const ranges = await this.#ask();
    if (!this.closing.aborted) this.#apply(ranges);
  }

  /** One node that is connected, else any that answers. */
  async #ask(): Promise<SlotRange[]> {
    const up = this.masters.filter((node) => node.isUp);
    const node = up[this.#turn++ % up.length];
    if (node !== undefined) {
      try {
        const deadline = performance.now() + ANSWER_MS;
        const reply = await node.link.run(CLUSTER_SLOTS, deadline);
        const ranges = readSlots(reply, node.address.host);
        if (ranges.length > 0) return ranges;
      } catch {
        // The others are asked.
      }
    }
    return await this.#askAll();
  }

  async #askAll(): Promise<SlotRange[]> {
    const { nodes } = this.#options.settings;
    const all = new Map(
      [...this.#known.toSorted(() => Math.random() - 0.5), ...nodes]
        .map((address) => [label(address), address]),
    );
    const addresses = [...all.values()];
    let failure: unknown;
    for (let at = 0; at < addresses.length; at += ASKED_AT_ONCE) {
      this.closing.throwIfAborted();
      const enough = new AbortController();
      const forward = () => enough.abort(this.closing.reason);
      this.closing.addEventListener("abort", forward, { once: true });
      const asked = addresses.slice(at, at + ASKED_AT_ONCE)
        .map((address) => this.#askOne(address, enough.signal));
      try {
        return await Promise.any(asked);
      } catch (error) {
        failure = (error as AggregateError).errors[0];
      } finally {
        enough.abort();
        await Promise.allSettled(asked);
        this.closing.removeEventListener("abort", forward);
      }
    }
    throw failure;
  }

  async #askOne(
    given: RedisServerAddress,
    signal: AbortSignal,
  ): Promise<SlotRange[]> {
    const { settings, clientId, connectTimeoutMs, logger } = this.#options;
    const address = { ...settings.login, ...given };
    const open = createOpener({
      address,
      clientId,
      connectTimeoutMs: Math.min(connectTimeoutMs, ANSWER_MS),
      logger,
    });
    const connection = await open(signal);
    try {
      const { name, args } = CLUSTER_SLOTS;
      const reply = await askWithin(connection, ANSWER_MS, name, args);
      const ranges = readSlots(reply, address.host);
      if (ranges.length > 0) return ranges;
      throw new Error("no node has any slot");
    } catch (error) {
      throw connectionError(
        address,
        `Redis at ${label(address)} did not tell who has which slots: ${
          error instanceof Error ? error.message : String(error)
        }`,
        error,
      );
    } finally {
      await connection.destroy();
    }
  }

  #apply(ranges: readonly SlotRange[]): void {
    const layout: string[] = [];
    const masters = new Map<string, ClusterNode>();
    const owners: Array<ClusterNode | undefined> = new Array(SLOTS);
    for (const { start, end, master } of [...ranges].sort(byStart)) {
      const node = this.nodeAt(master);
      masters.set(node.label, node);
      owners.fill(node, start, end + 1);
      layout.push(`${start}-${end} ${node.label}`);
    }
    const gone = [...this.#masters.values()]
      .filter(({ label }) => !masters.has(label));
    for (const [name, node] of this.#others) {
      if (!masters.has(name) && !node.isUsed) gone.push(node);
      if (masters.has(name) || !node.isUsed) this.#others.delete(name);
      node.isUsed = false;
    }
    this.#masters = masters;
    this.#owners = owners;
    this.#known = ranges.flatMap(({ master, replicas }) =>
      [master, ...replicas].map((each) => this.#translate(each))
    );
    this.layout = layout.join();
    for (const node of gone) this.#leave(node);
    // What waits for a node that is lost may be for another now.
    for (const node of masters.values()) {
      if (node.isLost) node.link.giveBack();
    }
  }

  #leave(node: ClusterNode): void {
    const left = node.retire().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  #create(address: RedisServerAddress): ClusterNode {
    return new ClusterNode({
      ...this.#options,
      address: { ...this.#options.settings.login, ...address },
      onLost: () => this.refreshSoon(),
    });
  }

  #translate(address: RedisServerAddress): RedisServerAddress {
    return this.#options.settings.natMap[label(address)] ?? address;
  }
}

function byStart(a: SlotRange, b: SlotRange): number {
  return a.start - b.start;
}
