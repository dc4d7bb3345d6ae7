// Copyright 2026 the HuleEdu authors. MIT license.

import { currentHandlers } from "./_default_handlers.ts";
import type { Origin } from "./_origin.ts";
import type { Serializer } from "./_serializer.ts";
import {
  currentThreshold,
  moduleThreshold,
  type Settings,
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
  /** The settings that the rest was taken from. */
  settings: Settings | undefined;
  /** The lowest level that is logged. */
  threshold = 0;
  readonly #own: OwnOptions;

  /** Creates the core of a logger; it reads no settings yet. */
  constructor(origin: Origin, own: OwnOptions) {
    this.origin = origin;
    this.#own = own;
  }

  /** Takes over the settings in force. A call that finds others does it first. */
  obey(): void {
    this.threshold = moduleThreshold(this.origin.module) ??
      this.#own.threshold ?? currentThreshold();
    this.settings = settings;
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
