// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What is done with a command whose reply was lost.
 *
 * - `"read"`: it changes nothing, so it is sent again.
 * - `"safe"`: a second run leaves the same state and gives the same reply, so
 *   it is sent again.
 * - `"once"`: a second run would change the state or give another reply, so the
 *   caller is told that the outcome is unknown.
 */
export type WireCommandKind = "read" | "safe" | "once";

/** A command as it goes to the server. */
export interface WireCommand {
  /** The name, in capitals. */
  readonly name: string;
  /** The arguments, as text. */
  readonly args: readonly string[];
  /** What is done when the reply is lost. */
  readonly kind: WireCommandKind;
  /** What errors call it, where that is not its name. */
  readonly subject?: string | undefined;
}

/** Runs commands: over a connection, or on a map in memory. */
export interface WireExecutor {
  /**
   * Runs one command.
   *
   * @typeParam Reply The RESP2 shape of the reply, which is not checked.
   * @param command The command.
   * @returns The reply. Errors are rejections.
   */
  run<Reply>(command: WireCommand): Promise<Reply>;
  /** Changes whenever the server behind it may have become another one. */
  readonly generation: number;
}
