// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { ProxiedRequest, ProxyFraming } from "./proxied_request.ts";
import type { Piece } from "./_frame_reader.ts";
import type { Framing } from "./_fault_proxy_framing.ts";
import type { Side, Strike } from "./_fault_proxy_faults.ts";
import type { ProxyNetwork } from "./_fault_proxy_network.ts";
import { resetSocket } from "./_sockets.ts";

/** What comes out of a socket: bytes, the end of them, or a broken connection. */
export type Load = Uint8Array | "end" | "reset";

/** What a lane belongs to. */
export interface LaneOptions<F extends ProxyFraming> {
  readonly connection: number;
  readonly side: Side;
  readonly source: Socket;
  readonly sink: Socket;
  readonly framing: Framing<ProxiedRequest<F>>;
  readonly network: ProxyNetwork<F>;
  /** Ends when the connection does. */
  readonly signal: AbortSignal;
  /** Disconnects both sides. */
  readonly disconnect: (reset: boolean) => void;
}

interface Cut<F extends ProxyFraming> {
  readonly strike: Strike<F>;
  readonly request: ProxiedRequest<F>;
  passed: number;
}

const MAX_QUEUED_BYTES = 1024 * 1024;

/**
 * One direction of a connection: what comes from the source is delayed, then
 * judged frame by frame, then passed to the sink.
 */
export class Lane<F extends ProxyFraming> {
  readonly #options: LaneOptions<F>;
  readonly #queue: Array<{ readonly load: Load; readonly dueAt: number }> = [];
  #queuedBytes = 0;
  #lastDueAt = -Infinity;
  #sleeping = false;
  #blocked = false;
  #losing = false;
  // Bytes are missing that what follows would need.
  #silent = false;
  #cut: Cut<F> | null = null;
  #ended = false;

  constructor(options: LaneOptions<F>) {
    this.#options = options;
    const { source, sink } = options;
    source.on("data", (bytes) => this.accept(bytes));
    source.on("end", () => this.accept("end"));
    sink.on("drain", () => {
      this.#blocked = false;
      this.flush();
    });
  }

  /** Whether the source has said its last. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes what comes from the source. */
  accept(load: Load): void {
    const { network, source, sink } = this.#options;
    if (load === "end") this.#ended = true;
    if (load === "reset" && (this.#blocked || sink.destroyed)) {
      this.#queue.length = 0;
      this.#queuedBytes = 0;
    }
    // What comes later never arrives earlier, however short its delay.
    this.#lastDueAt = Math.max(
      this.#lastDueAt,
      network.clock.monotonic() + network.drawLatency(),
    );
    this.#queue.push({ load, dueAt: this.#lastDueAt });
    if (typeof load !== "string") this.#queuedBytes += load.length;
    this.flush();
    if (this.#queuedBytes > MAX_QUEUED_BYTES || this.#blocked) source.pause();
  }

  /** Passes on what is due. */
  flush(): void {
    const { source } = this.#options;
    while (!this.#sleeping && this.#isFree()) {
      const [next] = this.#queue;
      if (next === undefined || this.#mustWait(next.dueAt)) break;
      this.#queue.shift();
      if (typeof next.load === "string") this.#finish(next.load);
      else this.#deliver(next.load);
    }
    if (this.#queuedBytes <= MAX_QUEUED_BYTES && !this.#blocked) {
      source.resume();
    }
  }

  /** Passes nothing any more. */
  silence(): void {
    this.#silent = true;
  }

  /** The connection is gone. */
  close(): void {
    this.silence();
    this.#endCut();
  }

  #isFree(): boolean {
    const { connection, network, side } = this.#options;
    const load = this.#queue[0]?.load;
    if (load === undefined || this.#blocked && load !== "reset") return false;
    const fate = network.fateOf(side);
    if (fate === "hold" && typeof load !== "string") {
      network.swallowed(connection);
    }
    // The end of a connection is a message too. It is told once it can be.
    return fate === "pass" || fate === "lose" && typeof load !== "string";
  }

  #mustWait(dueAt: number): boolean {
    const { network, signal } = this.#options;
    const ms = dueAt - network.clock.monotonic();
    if (ms <= 0) return false;
    this.#sleeping = true;
    network.clock.sleep(ms, { signal }).then(
      () => {
        this.#sleeping = false;
        this.flush();
      },
      () => {},
    );
    return true;
  }

  #deliver(chunk: Uint8Array): void {
    this.#queuedBytes -= chunk.length;
    const { framing, side } = this.#options;
    const frames = side === "request" ? framing.requests : framing.replies;
    this.#pass(frames.read(chunk));
  }

  #finish(load: "end" | "reset"): void {
    const { framing, side, sink } = this.#options;
    if (load === "reset") return resetSocket(sink);
    const frames = side === "request" ? framing.requests : framing.replies;
    this.#pass(frames.end());
    if (this.#cut !== null) return this.#endCut();
    if (!sink.destroyed && !sink.writableEnded) sink.end();
  }

  #pass(pieces: Iterable<Piece<ProxiedRequest<F>>>): void {
    const out: Uint8Array[] = [];
    let cut = false;
    if (!this.#silent) {
      for (const piece of pieces) {
        cut = this.#judge(piece, out);
        if (cut || this.#silent) break;
      }
    } else {
      this.#reportLoss();
    }
    this.#write(out, cut);
  }

  #write(out: Uint8Array[], cut: boolean): void {
    const { sink } = this.#options;
    const [first] = out;
    if (cut) this.#silent = true;
    if (first === undefined || sink.destroyed) {
      if (cut) this.#endCut();
      return;
    }
    const bytes = out.length === 1 ? first : Buffer.concat(out);
    // A reset throws away what is still to be sent.
    const done = cut ? () => this.#endCut() : undefined;
    if (!sink.write(bytes, done)) this.#blocked = true;
  }

  // Adds what passes to `out`, and tells whether the cut comes after it.
  #judge(piece: Piece<ProxiedRequest<F>>, out: Uint8Array[]): boolean {
    const lost = this.#reportLoss();
    if (piece.first && this.#cut === null) this.#begin(piece, lost);
    else if (lost && !this.#losing) this.#lose(false);
    if (this.#losing) return false;
    if (this.#cut === null) {
      out.push(piece.bytes);
      return false;
    }
    const left = this.#cut.strike.afterBytes - this.#cut.passed;
    const bytes = piece.bytes.subarray(0, left);
    this.#cut.passed += bytes.length;
    if (bytes.length > 0) out.push(bytes);
    return piece.last || bytes.length === left;
  }

  #reportLoss(): boolean {
    const { connection, network, side } = this.#options;
    const lost = network.fateOf(side) === "lose";
    if (lost) network.swallowed(connection);
    return lost;
  }

  #begin({ request }: Piece<ProxiedRequest<F>>, lost: boolean): void {
    const { connection, framing, network, side } = this.#options;
    this.#losing = false;
    if (lost) return this.#lose(framing.numbered);
    if (request === undefined) return;
    const strike = network.faults.strike(side, request);
    if (strike?.kind === "cut_request" || strike?.kind === "cut_reply") {
      this.#cut = { strike, request, passed: 0 };
    } else if (strike !== undefined) {
      strike.struck(network.record(strike.kind, { connection, request }));
      this.#lose(framing.numbered);
    }
    if (side === "request" && !this.#losing) framing.sent(request);
  }

  #lose(whole: boolean): void {
    this.#losing = true;
    if (!whole) this.#silent = true;
  }

  #endCut(): void {
    if (this.#cut === null) return;
    const { connection, disconnect, network } = this.#options;
    const { passed, request, strike } = this.#cut;
    this.#cut = null;
    disconnect(strike.reset);
    const struck = { connection, request, bytes: passed };
    strike.struck(network.record(strike.kind, struck));
  }
}
