// Copyright 2026 the HuleEdu authors. MIT license.

import { wrongType } from "./_memory_errors.ts";

/** What a key can hold. */
export interface MemoryValues {
  readonly text: { text: string };
  readonly set: Set<string>;
  readonly scores: Map<string, number>;
  readonly hash: Map<string, string>;
  readonly list: string[];
}

/** The name of what a key holds. */
export type MemoryType = keyof MemoryValues;

interface Entry {
  readonly type: MemoryType;
  readonly value: MemoryValues[MemoryType];
  expiresAt: number;
}

/** Keys with their values, times to live and versions. */
export class MemoryKeyspace {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  /** How often each key was changed, for WATCH; a deleted key has one too. */
  readonly #versions = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The value of a key; throws when it is of another type. */
  read<T extends MemoryType>(key: string, type: T): MemoryValues[T] | null {
    const entry = this.#entry(key);
    if (entry === undefined) return null;
    if (entry.type !== type) throw wrongType();
    return entry.value as MemoryValues[T];
  }

  /** The value of a key, made when there is none; `touch` tells of a change. */
  open<T extends MemoryType>(
    key: string,
    type: T,
    empty: MemoryValues[T],
  ): MemoryValues[T] {
    const value = this.read(key, type);
    if (value !== null) return value;
    this.#entries.set(key, { type, value: empty, expiresAt: Infinity });
    return empty;
  }

  /** Sets a text value, whatever was there. */
  setText(key: string, text: string, ttlMs: number): void {
    const expiresAt = this.#now() + ttlMs;
    this.#entries.set(key, { type: "text", value: { text }, expiresAt });
    this.touch(key);
  }

  has(key: string): boolean {
    return this.#entry(key) !== undefined;
  }

  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#entries.delete(key);
    this.touch(key);
    return true;
  }

  expire(key: string, ttlMs: number): boolean {
    const entry = this.#entry(key);
    if (entry === undefined) return false;
    entry.expiresAt = this.#now() + ttlMs;
    this.touch(key);
    return true;
  }

  /** As PTTL answers. */
  ttl(key: string): number {
    const entry = this.#entry(key);
    if (entry === undefined) return -2;
    if (entry.expiresAt === Infinity) return -1;
    return entry.expiresAt - this.#now();
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.has(key));
  }

  /** Tells those who watch the key. */
  touch(key: string): void {
    this.#versions.set(key, this.version(key) + 1);
  }

  /** Grows with each change of the key. */
  version(key: string): number {
    // A key whose time is up changes when that is noticed, at the latest here.
    this.#entry(key);
    return this.#versions.get(key) ?? 0;
  }

  #entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#now() < entry.expiresAt) return entry;
    this.#entries.delete(key);
    this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1);
    return undefined;
  }
}
