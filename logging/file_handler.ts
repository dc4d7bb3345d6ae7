// Copyright 2026 the HuleEdu authors. MIT license.

import { flushAtExit } from "./_exit_flushes.ts";
import { requireLevel } from "./_levels.ts";
import { LineFormat } from "./_line_format.ts";
import { Losses } from "./_losses.ts";
import { requireCount, requireName } from "./_options.ts";
import { reportFailure } from "./_report_failure.ts";
import { RotatingFile } from "./_rotating_file.ts";
import type { LogFieldNames } from "./log_field_names.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler, LogRecord } from "./log_handler.ts";
import type { LogLevel } from "./log_level.ts";

/** Lines from this level on are written at once, whatever waits. */
const URGENT = 40;

/** Options of {@linkcode FileHandler}. */
export interface FileHandlerOptions {
  /** The path of the file. Folders that are missing are made. */
  readonly path: string;
  /**
   * How many bytes the file may have before it is put aside; 0 for any number.
   *
   * @default {104857600}
   */
  readonly maxBytes?: number;
  /**
   * How many files are kept that were put aside, as `path.1`, the newest, to
   * `path.10`. With 0 the file is never put aside.
   *
   * @default {10}
   */
  readonly maxFiles?: number;
  /**
   * How many characters wait in memory to be written at once: fewer, larger
   * writes. 0 writes each line before the logging call returns.
   *
   * @default {0}
   */
  readonly minLength?: number;
  /**
   * How many milliseconds characters wait at most, where some do.
   *
   * @default {1000}
   */
  readonly maxWaitMs?: number;
  /**
   * The lowest level that is handled.
   *
   * @default {"debug"}
   */
  readonly level?: LogLevel;
  /**
   * The form of the lines, never coloured.
   *
   * @default {"json"}
   */
  readonly format?: LogFormat;
  /**
   * The names of the fields in JSON lines, as in `LineHandlerOptions`. By default
   * those of `configureLogging`.
   */
  readonly fieldNames?: LogFieldNames;
  /** The `deployment.environment`, as in `LineHandlerOptions`. */
  readonly environment?: string;
  /** The service in the lines of loggers of `@std/log`. Their name by default. */
  readonly service?: string;
}

/**
 * Writes each record as one line to a file, which is put aside when it is full.
 * One process only may write to a file that is put aside. A file that somebody
 * else moves or removes, such as logrotate, is noticed within a second of lines,
 * and a new one is begun at the path.
 *
 * Lines that wait because of `minLength` are written when there are enough, when
 * they have waited long enough, with the first line at error or above, when the
 * handler is disposed of, and when the process exits. A signal that ends the
 * process, with nobody listening to it, loses them.
 *
 * @example A file beside stdout
 * ```ts ignore
 * import {
 *   configureLogging,
 *   createServiceLogger,
 *   FileHandler,
 *   LineHandler,
 * } from "@huleedu/service-libs/logging";
 *
 * await using file = new FileHandler({ path: "/app/logs/essays.log" });
 * configureLogging({ handlers: [new LineHandler(), file] });
 * createServiceLogger("essays").info("Started");
 * ```
 */
export class FileHandler implements LogHandler, AsyncDisposable {
  readonly #threshold: number;
  readonly #minLength: number;
  readonly #maxWaitMs: number;
  readonly #format: LineFormat;
  readonly #file: RotatingFile;
  readonly #losses = new Losses();
  #waiting = "";
  /** How many records wait; one may take several lines. */
  #waitingCount = 0;
  #service = "unknown";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #forgetExit: (() => void) | undefined;
  #isClosed = false;

  /**
   * Creates a handler. The first line opens the file.
   *
   * @param options Path, sizes, level and form.
   * @throws {TypeError} If the path is empty.
   * @throws {RangeError} If a number or name makes no sense.
   */
  constructor(options: FileHandlerOptions) {
    const action = "create file handler";
    const { maxBytes = 104_857_600, maxFiles = 10 } = options;
    const { minLength = 0, maxWaitMs = 1_000 } = options;
    const path = requireName(action, "path", options.path);
    this.#threshold = requireLevel(action, options.level ?? "debug").number;
    this.#minLength = requireCount(action, "minLength", minLength, 0);
    this.#maxWaitMs = requireCount(action, "maxWaitMs", maxWaitMs, 1);
    this.#format = new LineFormat(action, options, "file");
    this.#file = new RotatingFile({
      path,
      maxBytes: requireCount(action, "maxBytes", maxBytes, 0),
      maxFiles: requireCount(action, "maxFiles", maxFiles, 0),
      onError: (error) => {
        const message = "Cannot put log file aside";
        reportFailure(this.#file, options.service ?? path, message, error);
      },
    });
  }

  /**
   * Writes the line of a record, if its level is high enough, or has it wait.
   * Never throws: that the file takes nothing is reported on stderr, once, and
   * the lines that are lost so are counted in the line `Lost log lines`, before
   * the next one that gets through.
   *
   * @param record The record, of this library or of `@std/log`.
   */
  handle(record: LogRecord): void {
    if (record.level < this.#threshold) return;
    const read = () => this.#format.toServiceRecord(record);
    try {
      const own = read();
      if (this.#isClosed) throw new Error("Cannot log: file handler is closed");
      if (this.#losses.count > 0) this.#tellLosses();
      const line = this.#format.line(own) + "\n";
      if (this.#minLength === 0) return this.#file.append(line);
      this.#waiting += line;
      this.#waitingCount++;
      this.#service = own.origin.service;
    } catch (error) {
      return this.#losses.add(this, read, error);
    }
    const isEnough = this.#waiting.length >= this.#minLength;
    if (isEnough || record.level >= URGENT) this.#flushQuietly();
    else this.#flushLater();
  }

  /**
   * Writes the lines that wait. The system may still hold them in memory.
   *
   * @throws {Error} If the file takes them not; they are lost then, and counted.
   */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === "") return;
    const waiting = this.#waiting;
    const count = this.#waitingCount;
    this.#waiting = "";
    this.#waitingCount = 0;
    try {
      this.#file.append(waiting);
    } catch (error) {
      this.#losses.addCount(count, this.#service);
      throw error;
    }
  }

  /** Writes the lines that wait to the disk, and closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#isClosed) this.#flushQuietly();
      this.#isClosed = true;
      this.#forgetExit?.();
      this.#file.close();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #flushLater(): void {
    this.#forgetExit ??= flushAtExit(() => this.#flushQuietly());
    if (this.#timer !== undefined) return;
    const timer: unknown = setTimeout(
      () => this.#flushQuietly(),
      this.#maxWaitMs,
    );
    this.#timer = timer as ReturnType<typeof setTimeout>;
    // A timer must not keep the process: at its exit the lines are written too.
    (timer as { unref?(): void }).unref?.();
  }

  #flushQuietly(): void {
    try {
      this.flush();
    } catch (error) {
      const message = "Lost log lines: handler failed";
      reportFailure(this, this.#service, message, error);
    }
  }

  #tellLosses(): void {
    this.#file.append(
      this.#format.line(this.#losses.toRecord()) + "\n",
    );
    this.#losses.clear();
  }
}
