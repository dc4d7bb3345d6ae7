// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
} from "node:fs";
import { dirname } from "node:path";
import { DescriptorWriter } from "./_stdout.ts";

/** Where and how large a {@linkcode RotatingFile} is. */
export interface RotatingFileOptions {
  /** The path of the file. */
  readonly path: string;
  /** How many bytes it may have before it is put aside. */
  readonly maxBytes: number;
  /** How many files are kept that were put aside. */
  readonly maxFiles: number;
  /** Told, once, that a file cannot be put aside; it goes on growing then. */
  onError(error: unknown): void;
}

/**
 * A file that is put aside when it is full: `x.log` becomes `x.log.1`, that
 * becomes `x.log.2`, and the last one goes. As Python's `RotatingFileHandler`.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #descriptor: number | undefined;
  #writer: DescriptorWriter | undefined;
  #size = 0;
  #canRotate = false;

  /** Creates the object; the file is opened by the first text. */
  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /**
   * Appends a text, never parted between two files.
   *
   * @throws {Error} If the file cannot be opened or written.
   */
  append(text: string): void {
    let writer = this.#writer ?? this.#open();
    const bytes = this.#canRotate ? Buffer.byteLength(text) : 0;
    if (this.#size > 0 && this.#size + bytes > this.#options.maxBytes) {
      writer = this.#rotate();
    }
    writer.write(text);
    this.#size += bytes;
  }

  /** Writes to the disk what the system holds, and closes the file. */
  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#descriptor = undefined;
    this.#writer = undefined;
    try {
      fsyncSync(descriptor);
    } catch {
      // A pipe or a device has nothing to sync.
    }
    closeSync(descriptor);
  }

  #open(): DescriptorWriter {
    const { path, maxBytes, maxFiles } = this.#options;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, "a");
    const stat = fstatSync(this.#descriptor);
    this.#size = stat.size;
    this.#canRotate = stat.isFile() && maxBytes > 0 && maxFiles > 0;
    return this.#writer = new DescriptorWriter(this.#descriptor);
  }

  #rotate(): DescriptorWriter {
    const { path, maxFiles, onError } = this.#options;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#writer = undefined;
    try {
      for (let n = maxFiles - 1; n > 0; n--) {
        if (existsSync(`${path}.${n}`)) {
          renameSync(`${path}.${n}`, `${path}.${n + 1}`);
        }
      }
      renameSync(path, `${path}.1`);
    } catch (error) {
      onError(error);
    }
    const writer = this.#open();
    // Where it could not be put aside, it is tried again after as many bytes.
    this.#size = 0;
    return writer;
  }
}
