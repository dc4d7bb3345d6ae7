// Copyright 2026 the HuleEdu authors. MIT license.

import { disk } from "../../logging/_disk.ts";

interface FakeFile {
  readonly id: string;
  text: string;
}

/** A disk in memory, in the place of the real one until the end of the block. */
export class FakeDisk implements Disposable {
  readonly #real = { ...disk };
  readonly #open = new Map<number, FakeFile>();
  readonly #files = new Map<string, FakeFile>();
  #count = 0;
  /** Whether nothing can be written. */
  isFull = false;

  /** Takes the place of the real disk. */
  constructor() {
    Object.assign(disk, {
      open: (path: string) => this.#openFile(path),
      idAt: (path: string) => this.#files.get(path)?.id,
      write: (descriptor: number, data: string | Uint8Array) =>
        this.#write(descriptor, data),
      wait() {},
      sync() {},
      close: (descriptor: number) => this.#open.delete(descriptor),
      exists: (path: string) => this.#files.has(path),
      rename: (from: string, to: string) => this.move(from, to),
    });
  }

  /** How many files are open. */
  get openCount(): number {
    return this.#open.size;
  }

  /** The paths of all files. */
  get paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** The text of a file. */
  text(path: string): string {
    return this.#files.get(path)?.text ?? "";
  }

  /** The lines of a file, parsed. */
  lines(path: string): Record<string, unknown>[] {
    return this.text(path).split("\n").slice(0, -1).map((line) =>
      JSON.parse(line)
    );
  }

  /** Gives a file another path. */
  move(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file === undefined) throw new Error("No such file");
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  /** Removes a file; who has it open goes on with it. */
  remove(path: string): void {
    this.#files.delete(path);
  }

  /** Puts the real disk back. */
  [Symbol.dispose](): void {
    Object.assign(disk, this.#real);
  }

  #openFile(path: string): object {
    const descriptor = ++this.#count;
    const file = this.#files.get(path) ?? { id: `${descriptor}`, text: "" };
    this.#files.set(path, file);
    this.#open.set(descriptor, file);
    return { descriptor, id: file.id, size: file.text.length, isFile: true };
  }

  #write(descriptor: number, data: string | Uint8Array): number {
    if (this.isFull) throw new Error("No space left");
    const text = typeof data === "string"
      ? data
      : new TextDecoder().decode(data);
    this.#open.get(descriptor)!.text += text;
    return new TextEncoder().encode(text).length;
  }
}
