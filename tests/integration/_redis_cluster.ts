// Copyright 2026 the HuleEdu authors. MIT license.

import { keySlot } from "../../redis/_key_slot.ts";
import { askRedis, type RunningServer } from "../../tools/services/mod.ts";

/** How many keys leave a node at once. */
const KEYS_AT_ONCE = 20;

/** A slot on its way from one master to another. */
export class SlotMove {
  readonly #slot: string;
  readonly #from: RunningServer;
  readonly #to: RunningServer;
  readonly #all: readonly RunningServer[];

  /**
   * @param slot The slot.
   * @param from Who has it.
   * @param to Who gets it.
   * @param all All masters.
   */
  constructor(
    slot: number,
    from: RunningServer,
    to: RunningServer,
    all: readonly RunningServer[],
  ) {
    this.#slot = String(slot);
    this.#from = from;
    this.#to = to;
    this.#all = all;
  }

  /** From now on keys that are not there yet belong to the new one. */
  async begin(): Promise<void> {
    const { port: from } = this.#from;
    const { port: to } = this.#to;
    await order(to, ...this.#setSlot("IMPORTING", await idOf(from)));
    await order(from, ...this.#setSlot("MIGRATING", await idOf(to)));
  }

  /** Moves some keys; `false` when there was none left. */
  async moveKeys(): Promise<boolean> {
    const { port: from } = this.#from;
    const slot = this.#slot;
    const count = String(KEYS_AT_ONCE);
    const words = ["CLUSTER", "GETKEYSINSLOT", slot, count];
    const lines = (await askRedis(from, ...words)).split("\r\n");
    const keys = lines.filter((line, i) => i > 0 && i % 2 === 0 && line !== "");
    if (keys.length === 0) return false;
    const to = ["127.0.0.1", String(this.#to.port), ""];
    await order(from, "MIGRATE", ...to, "0", "5000", "KEYS", ...keys);
    return true;
  }

  /** Tells everybody that the slot has moved. */
  async end(): Promise<void> {
    while (await this.moveKeys());
    const id = await idOf(this.#to.port);
    // The new one first: it must never be that nobody has it.
    const others = this.#all.filter(({ port }) => port !== this.#to.port);
    for (const { port } of [this.#to, ...others]) {
      await order(port, ...this.#setSlot("NODE", id));
    }
  }

  #setSlot(state: string, id: string): string[] {
    return ["CLUSTER", "SETSLOT", this.#slot, state, id];
  }
}

/** Tags of keys in slots from one on: `count` of them, in a slot each. */
export function tagsFrom(slot: number, end: number, count: number): string[] {
  const tags: string[] = [];
  const taken = new Set<number>();
  for (let i = 0; tags.length < count; i++) {
    const at = keySlot(`t${i}`);
    if (at < slot || at > end || taken.has(at)) continue;
    taken.add(at);
    tags.push(`t${i}`);
  }
  return tags;
}

/** The id of a node. */
export async function idOf(port: number): Promise<string> {
  const answer = await askRedis(port, "CLUSTER", "MYID");
  return answer.split("\r\n")[1] ?? "";
}

/** Sends a command that answers OK, or nothing to do. */
export async function order(port: number, ...words: string[]): Promise<void> {
  const answer = await askRedis(port, ...words);
  if (!answer.startsWith("+")) throw new Error(`${words}: ${answer}`);
}
