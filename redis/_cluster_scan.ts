// Copyright 2026 the HuleEdu authors. MIT license.

import type { Cluster } from "./_cluster.ts";
import type { ClusterLink } from "./_cluster_link.ts";
import { scanKeys } from "./_scan_keys.ts";
import { RedisCommandError } from "./errors.ts";
import type { WireCommand, WireExecutor } from "./wire_command.ts";

/** Who has which slots, and which of them are on the move. */
interface Layout {
  readonly owners: string;
  readonly moves: string;
  /** A slot of each node that gives slots away, then of each that takes some. */
  readonly moving: readonly number[];
}

/**
 * The keys of all masters that match a glob, each once. Where slots moved
 * meanwhile it looks again: a key goes one way, so that it is found by who asks
 * the giver first, and the taker then.
 */
export async function* scanCluster(
  cluster: Cluster,
  link: ClusterLink,
  pattern: string,
  count: number,
): AsyncGenerator<string, void, undefined> {
  const seen = new Set<string>();
  let before = await layoutOf(cluster, link);
  let slots = everywhere(cluster);
  let covered = "";
  for (;;) {
    for (const slot of slots) {
      const executor = new SlotExecutor(cluster, link, slot);
      yield* scanKeys(executor, pattern, count, seen);
    }
    const after = await layoutOf(cluster, link);
    if (after.owners !== before.owners) {
      slots = everywhere(cluster);
      covered = "";
    } else if (after.moves === covered) {
      return;
    } else {
      slots = after.moving;
      covered = after.moves;
    }
    before = after;
  }
}

function everywhere(cluster: Cluster): readonly number[] {
  return cluster.masters.map((node) => cluster.slotOf(node));
}

/** Asks each master: only who gives or takes a slot tells of it. */
async function layoutOf(cluster: Cluster, link: ClusterLink): Promise<Layout> {
  await cluster.refresh();
  const command: WireCommand = {
    kind: "read",
    name: "CLUSTER",
    args: ["NODES"],
  };
  const told = await Promise.all(
    everywhere(cluster).map(async (slot) => {
      try {
        const nodes = String(await link.send(command, slot, link.deadline()));
        const own = nodes.split("\n").find((line) => line.includes("myself"));
        return { slot, moves: own?.match(/\[\d+-[<>]-\w+\]/g)?.join("") ?? "" };
      } catch (error) {
        // An access list may forbid it.
        if (error instanceof RedisCommandError) return { slot, moves: "" };
        throw error;
      }
    }),
  );
  const withSign = (sign: string) =>
    told.filter(({ moves }) => moves.includes(sign)).map(({ slot }) => slot);
  return {
    owners: cluster.layout,
    moves: told.map(({ moves }) => moves).join(""),
    moving: [...withSign("->-"), ...withSign("-<-")],
  };
}

/** Runs SCAN where a slot is, and tells when that has become another server. */
class SlotExecutor implements WireExecutor {
  readonly #cluster: Cluster;
  readonly #link: ClusterLink;
  readonly #slot: number;
  #server = "";
  generation = 0;

  constructor(cluster: Cluster, link: ClusterLink, slot: number) {
    this.#cluster = cluster;
    this.#link = link;
    this.#slot = slot;
    this.#look();
  }

  async run<Reply>(command: WireCommand): Promise<Reply> {
    const deadline = this.#link.deadline();
    this.#look();
    const reply = await this.#link.send(command, this.#slot, deadline);
    this.#look();
    return reply as Reply;
  }

  #look(): void {
    const node = this.#cluster.ownerOf(this.#slot);
    const server = node === undefined
      ? ""
      : `${node.label} ${node.isRetired ? 0 : node.link.generation}`;
    if (server !== this.#server) this.generation += 1;
    this.#server = server;
  }
}
