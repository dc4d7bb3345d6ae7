// Copyright 2026 the HuleEdu authors. MIT license.

import type { CommandTelemetry } from "./_command_telemetry.ts";
import type { WireCommand, WireExecutor } from "./wire_command.ts";

/** What commands are sent over: to one server, or to the nodes of a cluster. */
export interface Link extends WireExecutor {
  /** Tells of calls that are no command of their own on this link. */
  readonly telemetry?: CommandTelemetry;
  /** The same link without telling, for commands that several callers share. */
  readonly quiet?: Link;
  /** Whether a script can have some keys in common only. */
  readonly isCluster: boolean;
  /** Called before a command is taken, for what is to be sent before it. */
  beforeSend: (() => void) | undefined;
  /** Opens what it needs, or rejects and leaves nothing open. */
  start(): Promise<void>;
  /** Waits for what is in flight, at most `timeoutMs`, and closes. */
  stop(timeoutMs: number): Promise<void>;
  /** A deadline for a command issued now. */
  deadline(): number;
  run<Reply>(command: WireCommand, deadline?: number): Promise<Reply>;
  /** Sends at once what is held back for the rest of the turn. */
  flush(): void;
  /** Finds keys on all nodes; only in a cluster. */
  scan?(pattern: string, count: number): AsyncIterable<string>;
}
