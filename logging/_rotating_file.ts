// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";
import { DescriptorWriter } from "./_descriptor_writer.ts";
import { disk, type OpenFile } from "./_disk.ts";

/** How often it is looked whether the file is still at its path. */
const LOOK_MS = 1_000;

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
 * When somebody else has moved or removed it, a new one is begun.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #file: OpenFile | undefined;
  #writer: DescriptorWriter | undefined;
  #size = 0;
  #canRotate = false;
  #lookedAt = 0;

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
    const isFull = this.#size > 0 &&
      this.#size + bytes > this.#options.maxBytes && this.#canRotate;
    if (this.#isGone(isFull)) writer = this.#reopen();
    else if (isFull) writer = this.#rotate();
    writer.write(text);
    this.#size += bytes;
  }

  /** Writes to the disk what the system holds, and closes the file. */
  close(): void {
    if (this.#file !== undefined) {
      try {
        disk.sync(this.#file.descriptor);
      } catch {
        // A pipe or a device has nothing to sync.
      }
    }
    this.#letGo();
  }

  /** Tells, looking once a second, whether its path leads elsewhere by now. */
  #isGone(mustLook: boolean): boolean {
    if (this.#file?.isFile !== true) return false;
    const elapsed = Date.now() - this.#lookedAt;
    if (!mustLook && elapsed >= 0 && elapsed < LOOK_MS) return false;
    this.#lookedAt = Date.now();
    try {
      return disk.idAt(this.#options.path) !== this.#file.id;
    } catch {
      // A path that may not be looked at is no reason to stop writing.
      return false;
    }
  }

  #open(): DescriptorWriter {
    const { path, maxBytes, maxFiles } = this.#options;
    const file = disk.open(path);
    this.#file = file;
    this.#size = file.size;
    this.#canRotate = file.isFile && maxBytes > 0 && maxFiles > 0;
    this.#lookedAt = Date.now();
    return this.#writer = new DescriptorWriter(file.descriptor, disk);
  }

  #reopen(): DescriptorWriter {
    this.#letGo();
    return this.#open();
  }

  #letGo(): void {
    const file = this.#file;
    this.#file = undefined;
    this.#writer = undefined;
    if (file !== undefined) disk.close(file.descriptor);
  }

  #rotate(): DescriptorWriter {
    const { path, maxFiles, onError } = this.#options;
    this.#letGo();
    try {
      for (let n = maxFiles - 1; n > 0; n--) {
        if (disk.exists(`${path}.${n}`)) {
          disk.rename(`${path}.${n}`, `${path}.${n + 1}`);
        }
      }
      disk.rename(path, `${path}.1`);
    } catch (error) {
      onError(error);
    }
    const writer = this.#open();
    // Where it could not be put aside, it is tried again after as many bytes.
    this.#size = 0;
    return writer;
  }
}
