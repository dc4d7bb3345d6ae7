// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Why a fault can not strike.
 *
 * - `"not_started"`: the proxy was used before `start()` or after `stop()`
 * - `"stopped"`: the proxy was stopped before the fault struck
 * - `"restored"`: `restore()` or another `blackhole()` came before any bytes
 */
export type FaultProxyErrorReason = "not_started" | "stopped" | "restored";

const MESSAGES: Readonly<Record<FaultProxyErrorReason, string>> = {
  not_started: "FaultProxy is not started: call start() first",
  stopped: "FaultProxy was stopped before the fault struck",
  restored: "FaultProxy was restored before the blackhole took any bytes",
};

/** What a {@linkcode FaultProxy} rejects with. */
export class FaultProxyError extends Error {
  /** Always `FaultProxyError`. */
  override name = "FaultProxyError";
  /** What went wrong. */
  readonly reason: FaultProxyErrorReason;

  /**
   * Makes the error.
   *
   * @param reason What went wrong.
   */
  constructor(reason: FaultProxyErrorReason) {
    super(MESSAGES[reason]);
    this.reason = reason;
  }
}
