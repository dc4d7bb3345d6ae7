// Copyright 2026 the HuleEdu authors. MIT license.

import type { Subscription } from "../protocols.ts";
import { AbortScope } from "./abort_scope.ts";
import { positiveInteger, positiveMs } from "./arguments.ts";
import { SocketStalledError } from "./errors.ts";
import { CLOSE, gapAnswers } from "./_gap_answer.ts";
import type { GapPolicy } from "./gap_policy.ts";
import { pause } from "./_pause.ts";

/**
 * What is used of a `WebSocket`: the one of Deno, browsers and Node, that of the
 * `ws` package, or the `ServerWebSocket` of Bun.
 *
 * Bun's has no events: abort the `signal` of the pipe in its `close()` handler.
 * Without one, the pipe ends when the next message finds the socket closed.
 *
 * Source: https://websockets.spec.whatwg.org/#the-websocket-interface and
 * https://bun.com/docs/runtime/http/websockets
 */
export interface WebSocketLike {
  /** 0 while it connects, 1 when it is open, 2 while it closes, 3 then. */
  readonly readyState: number;
  /** Bytes that were given to `send()` and have not left yet. */
  readonly bufferedAmount?: number;
  /** The same, as Bun has it. */
  getBufferedAmount?(): number;
  /** Sends a text. Bun answers 0 where it has dropped it. */
  send(text: string): unknown;
  /** Closes with a code and a reason. */
  close(code?: number, reason?: string): void;
  /** Calls back. */
  addEventListener?(
    type: "open" | "close" | "error",
    listener: () => void,
  ): void;
  /** Calls back no more. */
  removeEventListener?(
    type: "open" | "close" | "error",
    listener: () => void,
  ): void;
}

/** Options of {@linkcode pipeToWebSocket}. */
export interface PipeToWebSocketOptions {
  /** Ends the pipe, and closes the socket. */
  readonly signal?: AbortSignal;
  /**
   * Bytes in the socket from which on no more is read of the subscription, whose
   * own buffer fills then and does as its `onOverflow` says.
   *
   * @default {1_048_576}
   */
  readonly highWaterMark?: number;
  /**
   * Milliseconds above the mark without a byte that leaves, after which the
   * socket is closed.
   *
   * @default {30_000}
   */
  readonly stallTimeoutMs?: number;
  /**
   * What happens when messages may be missing; `"close"` closes with 4000.
   *
   * @default {"send"}
   */
  readonly onGap?: GapPolicy;
}

/** What Bun answers when it did not take a text: its own limit was reached. */
const DROPPED = 0;

// Of `WebSocket`'s states.
const CONNECTING = 0;
const OPEN = 1;

// 1000 and those from 3000 on are all that the standard lets a program send.
const NORMAL = 1000;
const GAP = 4000;
const STALLED = 4008;
const FAILED = 4011;

const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 500;

/**
 * Sends the messages of a subscription to a WebSocket, until one of them ends,
 * and ends the other. It waits for a socket that is still connecting.
 *
 * The socket is closed with
 *
 * - 1000 when the subscription or the signal has ended;
 * - 4000 at a gap, where `onGap` is `"close"`;
 * - 4008 when the page reads too slowly;
 * - 4011 when the subscription or the socket has failed.
 *
 * @param subscription Any subscription.
 * @param socket The socket.
 * @param options Signal, limits, and what happens at a gap.
 * @returns Nothing, once the subscription has ended and the socket is closed or
 * about to be.
 * @throws {SocketStalledError} If the page read too slowly.
 * @throws {SubscriptionOverflowError} If the subscription closes on overflow, and
 * did. Any other error of the subscription likewise.
 *
 * @example A page of one user, on Deno
 * ```ts ignore
 * import { pipeToWebSocket } from "@huleedu/service-libs/redis";
 *
 * Deno.serve(async (request) => {
 *   const sub = await pubsub.subscribe(pubsub.getUserChannel("u1"));
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   pipeToWebSocket(sub, socket).catch((error) => logger.warn("Lost", { error }));
 *   return response;
 * });
 * ```
 *
 * @example The same on Bun
 * ```ts ignore
 * Bun.serve({
 *   fetch: (request, server) =>
 *     server.upgrade(request, { data: { gone: new AbortController() } })
 *       ? undefined
 *       : new Response("A WebSocket is wanted", { status: 426 }),
 *   websocket: {
 *     async open(socket) {
 *       const { signal } = socket.data.gone;
 *       const sub = await pubsub.subscribeUser("u1", { signal });
 *       pipeToWebSocket(sub, socket, { signal }).catch(logger.error);
 *     },
 *     close: (socket) => socket.data.gone.abort(),
 *     message() {},
 *   },
 * });
 * ```
 */
export async function pipeToWebSocket(
  subscription: Subscription,
  socket: WebSocketLike,
  options: PipeToWebSocketOptions = {},
): Promise<void> {
  const { signal, highWaterMark = 1_048_576, stallTimeoutMs = 30_000 } =
    options;
  using scope = new AbortScope([signal]);
  const end = scope.signal;
  const gone = () => scope.abort();
  const leave = () => void subscription.unsubscribe();
  socket.addEventListener?.("close", gone);
  // A broken socket closes next; an "error" that nobody listens to is thrown.
  socket.addEventListener?.("error", gone);
  end.addEventListener("abort", leave);
  let code = NORMAL;
  let reason = "no more messages";
  try {
    positiveInteger("highWaterMark", highWaterMark);
    positiveMs("stallTimeoutMs", stallTimeoutMs);
    const onGap = gapAnswers(options.onGap);
    if (end.aborted) return;
    await opened(socket, end);
    // One that has closed before says so no more.
    if (socket.readyState !== OPEN) return;
    for await (const item of subscription) {
      const text = item.gap === undefined ? item.message : onGap(item);
      if (text === CLOSE) {
        [code, reason] = [GAP, "messages were missed"];
        return;
      }
      if (text === null) continue;
      if (socket.readyState !== OPEN) return;
      if (socket.send(text) === DROPPED && text !== "") {
        if (socket.readyState !== OPEN) return;
        throw new SocketStalledError(bufferedBytes(socket));
      }
      if (bufferedBytes(socket) <= highWaterMark) continue;
      await drained(socket, { highWaterMark, stallTimeoutMs, signal: end });
    }
  } catch (error) {
    if (end.aborted) return;
    const isStalled = error instanceof SocketStalledError;
    code = isStalled ? STALLED : FAILED;
    reason = isStalled ? "reads too slowly" : "no message can be sent";
    throw error;
  } finally {
    socket.removeEventListener?.("close", gone);
    end.removeEventListener("abort", leave);
    if (socket.readyState <= OPEN) socket.close(code, reason);
    await subscription.unsubscribe();
  }
}

/** Waits while a socket connects. */
async function opened(
  socket: WebSocketLike,
  signal: AbortSignal,
): Promise<void> {
  if (socket.readyState > CONNECTING) return;
  let settle = () => {};
  const settled = new Promise<void>((resolve) => settle = resolve);
  socket.addEventListener?.("open", settle);
  signal.addEventListener("abort", settle, { once: true });
  await settled;
  socket.removeEventListener?.("open", settle);
}

/** Waits for room. No event tells of it, so this looks less and less often. */
async function drained(
  socket: WebSocketLike,
  { highWaterMark, stallTimeoutMs, signal }: {
    readonly highWaterMark: number;
    readonly stallTimeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  let lookMs = FIRST_LOOK_MS;
  let stalledMs = 0;
  for (let left = bufferedBytes(socket); left > highWaterMark;) {
    await pause(lookMs, signal);
    const now = bufferedBytes(socket);
    stalledMs = now < left ? 0 : stalledMs + lookMs;
    left = now;
    if (stalledMs >= stallTimeoutMs) throw new SocketStalledError(left);
    lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS);
  }
}

function bufferedBytes(socket: WebSocketLike): number {
  return socket.bufferedAmount ?? socket.getBufferedAmount?.() ?? 0;
}
