// Copyright 2026 the HuleEdu authors. MIT license.

import { currentHandlers } from "./_default_handlers.ts";
import type { Origin } from "./_origin.ts";
import type { Serializer } from "./_serializer.ts";
import {
  currentThreshold,
  followSettings,
  moduleThreshold,
  settings,
} from "./_settings.ts";
import type { LogHandler } from "./log_handler.ts";

/** What a logger was told itself. What is absent follows the settings. */
export interface OwnOptions {
  /** The lowest level that is logged. */
  readonly threshold?: number | undefined;
  /** The handlers. */
  readonly handlers?: readonly LogHandler[] | undefined;
  /** Writes the values. */
  readonly serializer?: Serializer | undefined;
  /** Tells the time. */
  readonly clock?: { now(): number } | undefined;
}

/** What a logger and its children share. */
export class LoggerCore {
  /** Where the lines come from. */
  readonly origin: Origin;
  /** The lowest level that is logged; 0 when it has to be found out. */
  threshold = 0;
  /** Told when the threshold changes. */
  onThreshold: (threshold: number) => void = () => {};
  readonly #own: OwnOptions;

  /** Creates the core of a logger; it reads no settings yet. */
  constructor(origin: Origin, own: OwnOptions) {
    this.origin = origin;
    this.#own = own;
    followSettings(this);
  }

  /** Whether the threshold is that of the settings in force. */
  get isUpToDate(): boolean {
    return this.threshold !== 0;
  }

  /** Takes the threshold from the settings in force. */
  update(): void {
    this.threshold = moduleThreshold(this.origin.module) ??
      this.#own.threshold ?? currentThreshold();
    this.onThreshold(this.threshold);
  }

  /** Other settings are in force. */
  onSettings(): void {
    this.threshold = 0;
    this.onThreshold(0);
  }

  /** The handlers. */
  get handlers(): readonly LogHandler[] {
    return this.#own.handlers ?? currentHandlers();
  }

  /** Writes the values. */
  get serializer(): Serializer {
    return this.#own.serializer ?? settings.serializer;
  }

  /** Tells the time. */
  now(): number {
    const { clock } = this.#own;
    return clock === undefined ? Date.now() : clock.now();
  }
}
