// Copyright 2026 the HuleEdu authors. MIT license.

import { LEVELS } from "./_levels.ts";
import { quote } from "./_text.ts";

/** Where lines come from. What never changes in them is written once. */
export class Origin {
  /** The service. */
  readonly service: string;
  /** The module. */
  readonly module: string;
  /** The name for handlers that know only one. */
  readonly loggerName: string;
  /**
   * By the level's index, what stands between the timestamp and the message,
   * from the closing quote of the one to the colon before the other.
   */
  readonly heads: readonly string[];

  /** Creates an origin. */
  constructor(service: string, module: string) {
    this.service = service;
    this.module = module;
    this.loggerName = module === service ? service : `${service}.${module}`;
    const names = `"service":${quote(service)},"module":${quote(module)}`;
    this.heads = LEVELS.map((level) =>
      `","level":"${level.text}",${names},"message":`
    );
  }
}
