// Copyright 2026 the HuleEdu authors. MIT license.

import { FaultProxyError } from "./fault_proxy_error.ts";
import type { ProxiedRequest, ProxyFraming } from "./proxied_request.ts";
import type { ProxyEvent, ProxyFaultKind } from "./proxy_event.ts";
import type { ProxyChaosOptions, ProxyCutOptions } from "./proxy_fault.ts";
import { seededRandom } from "./seeded_random.ts";

export type Side = "request" | "reply";

/** A fault that strikes now. */
export interface Strike<F extends ProxyFraming> {
  readonly kind: ProxyFaultKind;
  readonly afterBytes: number;
  readonly reset: boolean;
  /** Tells whoever waits for it. */
  readonly struck: (event: ProxyEvent<F>) => void;
}

interface ArmedFault<F extends ProxyFraming> extends Strike<F> {
  readonly match: (request: ProxiedRequest<F>) => boolean;
  readonly nth: number;
  readonly fail: (reason: unknown) => void;
  seen: number;
}

const SIDES: Readonly<Record<ProxyFaultKind, Side>> = {
  drop_request: "request",
  cut_request: "request",
  swallow_reply: "reply",
  cut_reply: "reply",
};
const KINDS = Object.keys(SIDES) as ProxyFaultKind[];

// Enough for the head of a frame, so that a cut falls within it or behind it.
const MAX_CHAOS_BYTES = 16;

/** Decides which requests and replies are struck. */
export class ProxyFaults<F extends ProxyFraming> {
  readonly #random: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #armed = new Set<ArmedFault<F>>();
  #chaos: ProxyChaosOptions<F> | null = null;

  constructor(seed: number, onError: (error: unknown) => void) {
    this.#random = seededRandom(seed);
    this.#onError = onError;
  }

  /** Waits for a request or reply to strike. The earliest fault goes first. */
  arm(
    kind: ProxyFaultKind,
    options: ProxyCutOptions<F>,
  ): Promise<ProxyEvent<F>> {
    const { match = () => true, nth = 1, signal } = options;
    const { afterBytes = 0, reset = false } = options;
    requireNumber("nth", nth, Number.isSafeInteger(nth) && nth > 0);
    requireNumber("afterBytes", afterBytes, isCount(afterBytes));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = settlement<ProxyEvent<F>>();
    const withdraw = (): void => fail(signal?.reason);
    const fail = (reason: unknown): void => {
      this.#armed.delete(fault);
      signal?.removeEventListener("abort", withdraw);
      reject(reason);
    };
    const struck = (event: ProxyEvent<F>): void => {
      signal?.removeEventListener("abort", withdraw);
      resolve(event);
    };
    const strike = { kind, afterBytes, reset, struck };
    const fault: ArmedFault<F> = { ...strike, match, nth, fail, seen: 0 };
    this.#armed.add(fault);
    signal?.addEventListener("abort", withdraw, { once: true });
    return promise;
  }

  /** Strikes at random, or with `null` no more. */
  setChaos(chaos: ProxyChaosOptions<F> | null): void {
    if (chaos !== null) {
      const { probability, kinds = KINDS } = chaos;
      const likely = probability >= 0 && probability <= 1;
      requireNumber("probability", probability, likely);
      if (kinds.length === 0 || !kinds.every((kind) => KINDS.includes(kind))) {
        throw new RangeError(
          `Cannot add proxy fault: "kinds" must name kinds of faults`,
        );
      }
    }
    this.#chaos = chaos;
  }

  /** What strikes a request, or the reply to one. */
  strike(side: Side, request: ProxiedRequest<F>): Strike<F> | undefined {
    for (const fault of this.#armed) {
      if (SIDES[fault.kind] !== side || !this.#counts(fault, request)) continue;
      if (++fault.seen < fault.nth) continue;
      this.#armed.delete(fault);
      return fault;
    }
    return this.#strikeAtRandom(side, request);
  }

  /** Gives all faults up. */
  disarm(): void {
    for (const fault of this.#armed) fault.fail(new FaultProxyError("stopped"));
    this.#chaos = null;
  }

  #counts(fault: ArmedFault<F>, request: ProxiedRequest<F>): boolean {
    try {
      return fault.match(request);
    } catch (error) {
      fault.fail(error);
      return false;
    }
  }

  #strikeAtRandom(
    side: Side,
    request: ProxiedRequest<F>,
  ): Strike<F> | undefined {
    if (this.#chaos === null) return undefined;
    const { probability, kinds = KINDS, match = () => true } = this.#chaos;
    const possible = kinds.filter((kind) => SIDES[kind] === side);
    if (possible.length === 0) return undefined;
    try {
      if (!match(request)) return undefined;
    } catch (error) {
      this.#chaos = null;
      this.#onError(error);
      return undefined;
    }
    if (this.#random() >= probability) return undefined;
    const kind = possible[Math.floor(this.#random() * possible.length)]!;
    const afterBytes = Math.floor(this.#random() * MAX_CHAOS_BYTES);
    return { kind, afterBytes, reset: false, struck: () => {} };
  }
}

/** A promise to settle later. Nobody has to wait for it. */
export function settlement<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function requireNumber(option: string, value: number, holds: boolean): void {
  if (holds) return;
  throw new RangeError(
    `Cannot add proxy fault: "${option}" is out of range, received ${value}`,
  );
}
