// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock } from "../protocols.ts";
import type { ProxyFraming } from "./proxied_request.ts";

/**
 * Options of {@linkcode FaultProxy}.
 *
 * @typeParam F The framing.
 */
export interface FaultProxyOptions<F extends ProxyFraming = "none"> {
  /** The port of the server. It need not listen yet. */
  readonly port: number;
  /**
   * The host of the server.
   *
   * @default {"127.0.0.1"}
   */
  readonly host?: string;
  /**
   * The port to listen on; 0 for any that is free. A Kafka client reconnects to
   * the address that its broker advertises, so this port must be the advertised
   * one.
   *
   * @default {0}
   */
  readonly listenPort?: number;
  /**
   * The address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  readonly listenHost?: string;
  /**
   * How requests and replies are told apart.
   *
   * @default {"none"}
   */
  readonly framing?: F;
  /**
   * Milliseconds that bytes take, each way, or the bounds of a random number of
   * them. Their order stays.
   *
   * @default {0}
   */
  readonly latencyMs?: number | readonly [min: number, max: number];
  /**
   * The same seed and traffic give the same random faults.
   *
   * @default {0}
   */
  readonly seed?: number;
  /**
   * Waits for latencies, and dates events.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
}
