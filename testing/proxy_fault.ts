// Copyright 2026 the HuleEdu authors. MIT license.

import type { ProxiedRequest, ProxyFraming } from "./proxied_request.ts";
import type { ProxyFaultKind } from "./proxy_event.ts";

/**
 * Which request, or which reply, a fault strikes. The next one by default.
 *
 * @typeParam F The framing of the proxy.
 */
export interface ProxyFaultOptions<F extends ProxyFraming = "none"> {
  /** Whether a request, or the request of a reply, counts. Each by default. */
  readonly match?: (request: ProxiedRequest<F>) => boolean;
  /**
   * Which of those that count, from 1, since the call.
   *
   * @default {1}
   */
  readonly nth?: number;
  /** Withdraws the fault, and rejects its promise with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Which request or reply is cut, and where.
 *
 * @typeParam F The framing of the proxy.
 */
export interface ProxyCutOptions<F extends ProxyFraming = "none">
  extends ProxyFaultOptions<F> {
  /**
   * Bytes of it that still pass. More than it has cuts at its end; without
   * framing it has no end, and the bytes may come in many chunks.
   *
   * @default {0}
   */
  readonly afterBytes?: number;
  /**
   * Resets the connections instead of ending them.
   *
   * @default {false}
   */
  readonly reset?: boolean;
}

/** Which bytes {@linkcode FaultProxy.blackhole} takes. */
export interface ProxyBlackholeOptions {
  /**
   * Where the bytes were going.
   *
   * @default {"both"}
   */
  readonly direction?: "to_server" | "to_client" | "both";
  /**
   * Keeps the bytes and delivers them on `restore()`, as TCP does after a short
   * outage. Otherwise they are lost, as when a host is gone.
   *
   * @default {false}
   */
  readonly hold?: boolean;
}

/**
 * Random faults.
 *
 * @typeParam F The framing of the proxy.
 */
export interface ProxyChaosOptions<F extends ProxyFraming = "none"> {
  /** How likely each request is struck, and each reply, from 0 to 1. */
  readonly probability: number;
  /** The faults to choose from. All by default; cuts after 0 to 15 bytes. */
  readonly kinds?: readonly ProxyFaultKind[];
  /** Whether a request may be struck, or its reply. Each by default. */
  readonly match?: (request: ProxiedRequest<F>) => boolean;
}
