// Copyright 2026 the HuleEdu authors. MIT license.

import type { ProxiedRequest, ProxyFraming } from "./proxied_request.ts";

/**
 * A fault that strikes one request or its reply.
 *
 * - `"drop_request"`: the request never reaches the server; both stay connected
 * - `"cut_request"`: both are disconnected in the middle of the request
 * - `"swallow_reply"`: the server acts, its reply never reaches the client; both
 *   stay connected
 * - `"cut_reply"`: the server acts, both are disconnected in the middle of the
 *   reply
 */
export type ProxyFaultKind =
  | "drop_request"
  | "cut_request"
  | "swallow_reply"
  | "cut_reply";

/**
 * What happened: a fault that struck, or
 *
 * - `"blackhole"`: the first bytes since `blackhole()` were lost or held
 * - `"restore"`, `"refuse"`, `"accept"`: the method was called
 * - `"close"`: a connection was closed by `closeAll()`
 * - `"unframed"`: bytes were not of the protocol that `framing` names; what
 *   follows on the connection passes unseen
 * - `"error"`: a socket failed, or the server could not be reached
 */
export type ProxyEventKind =
  | ProxyFaultKind
  | "blackhole"
  | "restore"
  | "refuse"
  | "accept"
  | "close"
  | "unframed"
  | "error";

/**
 * An entry in the log of a {@linkcode FaultProxy}.
 *
 * @typeParam F The framing of the proxy.
 */
export interface ProxyEvent<F extends ProxyFraming = "none"> {
  /** What happened. */
  readonly kind: ProxyEventKind;
  /** When, in unix milliseconds. */
  readonly at: number;
  /** The connection, counted from 1, or `null` if it was all of them. */
  readonly connection: number | null;
  /** The request that was struck, or whose reply was, or `null`. */
  readonly request: ProxiedRequest<F> | null;
  /** After how many bytes of it a request or reply was cut, or `null`. */
  readonly bytes: number | null;
  /** What failed, or `null`. */
  readonly error: Error | null;
}
