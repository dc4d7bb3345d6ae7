// Copyright 2026 the HuleEdu authors. MIT license.

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { SYSTEM_IO } from "./_descriptor_writer.ts";

/** What is to be known of an open file. */
export interface OpenFile {
  /** What to write to. */
  readonly descriptor: number;
  /** Which file it is, whatever its path. */
  readonly id: string;
  /** How many bytes it has. */
  readonly size: number;
  /** Whether it is a file, not a pipe or a device. */
  readonly isFile: boolean;
}

/** The disk that log files are on; replaced in tests. */
export const disk = {
  /** Opens a file to append to; it and its folder are made if they are missing. */
  open(path: string): OpenFile {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "a");
    const stats = fstatSync(descriptor);
    const { size } = stats;
    return { descriptor, id: idOf(stats), size, isFile: stats.isFile() };
  },
  /** Which file has this path now; `undefined` if none has. */
  idAt(path: string): string | undefined {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : idOf(stats);
  },
  /** Writes some bytes and tells how many. */
  write(descriptor: number, data: string | Uint8Array): number {
    return SYSTEM_IO.write(descriptor, data);
  },
  /** Blocks for `ms` milliseconds. */
  wait(ms: number): void {
    SYSTEM_IO.wait(ms);
  },
  /** Puts what the system holds of a file on the disk. */
  sync(descriptor: number): void {
    fsyncSync(descriptor);
  },
  /** Closes a file. */
  close(descriptor: number): void {
    closeSync(descriptor);
  },
  /** Tells whether there is a file of this path. */
  exists(path: string): boolean {
    return existsSync(path);
  },
  /** Gives a file another path. */
  rename(from: string, to: string): void {
    renameSync(from, to);
  },
};

function idOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}
