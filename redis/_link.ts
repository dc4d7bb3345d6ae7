// Copyright 2026 the HuleEdu authors. MIT license.

import type { WireCommand, WireExecutor } from "./wire_command.ts";

/** What commands are sent over: to one server, or to the nodes of a cluster. */
export interface Link extends WireExecutor {
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
  /** Tells keys apart that one script cannot have; only in a cluster. */
  slotOf?(key: string): number;
}
