// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock } from "../protocols.ts";
import { FaultProxyError } from "./fault_proxy_error.ts";
import type { ProxyFraming } from "./proxied_request.ts";
import type { ProxyEvent, ProxyEventKind } from "./proxy_event.ts";
import type { ProxyBlackholeOptions } from "./proxy_fault.ts";
import { seededRandom } from "./seeded_random.ts";
import { ProxyFaults, settlement, type Side } from "./_fault_proxy_faults.ts";

/** Milliseconds, or the bounds of a random number of them. */
export type Latency = number | readonly [min: number, max: number];

interface Blackhole<F extends ProxyFraming> {
  readonly sides: readonly Side[];
  readonly hold: boolean;
  readonly struck: (event: ProxyEvent<F>) => void;
  readonly fail: (reason: unknown) => void;
  seen: boolean;
}

const SIDES = {
  to_server: ["request"],
  to_client: ["reply"],
  both: ["request", "reply"],
} as const;

/** What all connections of a proxy have in common: how bad the network is. */
export class ProxyNetwork<F extends ProxyFraming> {
  readonly clock: Clock;
  readonly faults: ProxyFaults<F>;
  readonly #events: ProxyEvent<F>[] = [];
  readonly #random: () => number;
  #latency: Latency = 0;
  #blackhole: Blackhole<F> | null = null;

  constructor(clock: Clock, seed: number, latency: Latency) {
    this.clock = clock;
    // Apart from each other, so that jitter does not shift the faults.
    this.#random = seededRandom(seed);
    this.faults = new ProxyFaults(
      seed ^ 0x5f3759df,
      (error) => this.record("error", { error: asError(error) }),
    );
    this.setLatency(latency);
  }

  get events(): readonly ProxyEvent<F>[] {
    return [...this.#events];
  }

  record(
    kind: ProxyEventKind,
    what: Partial<Omit<ProxyEvent<F>, "kind" | "at">> = {},
  ): ProxyEvent<F> {
    const { connection = null, request = null, bytes = null, error = null } =
      what;
    const at = this.clock.now();
    const event = { kind, at, connection, request, bytes, error };
    this.#events.push(event);
    return event;
  }

  setLatency(latency: Latency): void {
    const [min, max] = bounds(latency);
    if (!(min >= 0 && min <= max && max < Infinity)) {
      throw new RangeError(
        `Cannot set latency of FaultProxy: "latencyMs" must be a number from 0, or two in order, received ${latency}`,
      );
    }
    this.#latency = latency;
  }

  drawLatency(): number {
    const [min, max] = bounds(this.#latency);
    return min === max ? min : min + (max - min) * this.#random();
  }

  blackhole(options: ProxyBlackholeOptions): Promise<ProxyEvent<F>> {
    const { direction = "both", hold = false } = options;
    const sides = SIDES[direction];
    if (sides === undefined) {
      throw new RangeError(
        `Cannot add proxy fault: "direction" must be "to_server", "to_client" or "both"`,
      );
    }
    this.#endBlackhole("restored");
    const { promise, resolve, reject } = settlement<ProxyEvent<F>>();
    const settle = { struck: resolve, fail: reject };
    this.#blackhole = { sides, hold, ...settle, seen: false };
    return promise;
  }

  /** Ends what lasts. */
  restore(): void {
    this.faults.setChaos(null);
    this.#endBlackhole("restored");
  }

  /** Ends what lasts, and what was to strike. */
  giveUp(): void {
    this.faults.disarm();
    this.#endBlackhole("stopped");
  }

  /** What a blackhole does to what is on its way. */
  fateOf(side: Side): "pass" | "hold" | "lose" {
    if (!this.#blackhole?.sides.includes(side)) return "pass";
    return this.#blackhole.hold ? "hold" : "lose";
  }

  /** A blackhole took bytes. */
  swallowed(connection: number): void {
    if (this.#blackhole === null || this.#blackhole.seen) return;
    this.#blackhole.seen = true;
    this.#blackhole.struck(this.record("blackhole", { connection }));
  }

  #endBlackhole(reason: "restored" | "stopped"): void {
    this.#blackhole?.fail(new FaultProxyError(reason));
    this.#blackhole = null;
  }
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error("Something was thrown that is no error", { cause: thrown });
}

function bounds(latency: Latency): readonly [number, number] {
  return typeof latency === "number" ? [latency, latency] : latency;
}
