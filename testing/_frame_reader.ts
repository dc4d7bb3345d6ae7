// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";

/** Bytes are not of the protocol. */
export class FramingError extends Error {
  override name = "FramingError";
}

/** Finds the end of one frame after another. */
export interface FrameScanner<H> {
  /** What the frame is, once enough of it was seen; at its end for certain. */
  readonly head: H | undefined;
  /** Whether the frame is at its end. */
  readonly done: boolean;
  /**
   * Takes the bytes of the frame.
   *
   * @returns Where in `chunk` the next byte stands that was not taken.
   * @throws {FramingError} If the bytes are not of the protocol.
   */
  take(chunk: Uint8Array, from: number): number;
  /** Goes on to the next frame. */
  next(): void;
}

/** A part of a frame. */
export interface Piece<R> {
  /** The request that the frame is, or answers, where that is known. */
  readonly request: R | undefined;
  readonly bytes: Uint8Array;
  /** Whether the frame begins here. */
  readonly first: boolean;
  /** Whether the frame ends here. */
  readonly last: boolean;
}

/** Cuts a stream of bytes at the bounds of its frames. Loses no byte. */
export interface FrameReader<R> {
  read(chunk: Uint8Array): Iterable<Piece<R>>;
  /** What was kept back when the stream has ended. */
  end(): Iterable<Piece<R>>;
}

/**
 * Reads with a scanner. The beginning of a frame is kept back until the scanner
 * knows what it is.
 */
export class ScanningReader<H, R> implements FrameReader<R> {
  readonly #scanner: FrameScanner<H>;
  readonly #identify: (head: H) => R | undefined;
  readonly #onBroken: (error: FramingError) => void;
  #kept: Uint8Array[] = [];
  #begun = false;
  #request: R | undefined;
  #broken = false;

  constructor(
    scanner: FrameScanner<H>,
    identify: (head: H) => R | undefined,
    onBroken: (error: FramingError) => void,
  ) {
    this.#scanner = scanner;
    this.#identify = identify;
    this.#onBroken = onBroken;
  }

  /** Reads no more frames: everything from here on is one piece after another. */
  giveUp(): void {
    this.#broken = true;
  }

  *read(chunk: Uint8Array): Generator<Piece<R>> {
    let from = 0;
    while (from < chunk.length) {
      const to = this.#broken ? undefined : this.#scan(chunk, from);
      this.#kept.push(chunk.subarray(from, to));
      if (to === undefined) {
        yield this.#piece(false);
        return;
      }
      from = to;
      const { head, done } = this.#scanner;
      if (head === undefined) return;
      if (!this.#begun) this.#request = this.#identify(head);
      if (done) this.#scanner.next();
      yield this.#piece(done);
    }
  }

  *end(): Generator<Piece<R>> {
    if (this.#kept.length > 0) yield this.#piece(true);
  }

  #scan(chunk: Uint8Array, from: number): number | undefined {
    try {
      return this.#scanner.take(chunk, from);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.giveUp();
      this.#onBroken(error);
      return undefined;
    }
  }

  #piece(last: boolean): Piece<R> {
    const [only] = this.#kept;
    const bytes = this.#kept.length === 1 && only !== undefined
      ? only
      : Buffer.concat(this.#kept);
    const piece = { request: this.#request, bytes, first: !this.#begun, last };
    this.#kept = [];
    this.#begun = !last;
    if (last) this.#request = undefined;
    return piece;
  }
}
