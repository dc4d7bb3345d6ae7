// Copyright 2026 the HuleEdu authors. MIT license.

import { COLLECTION_COMMANDS } from "./_memory_collection_commands.ts";
import type { MemoryCommands } from "./_memory_command.ts";
import { ErrorReply } from "./_memory_errors.ts";
import { KEY_COMMANDS } from "./_memory_key_commands.ts";
import type { MemoryKeyspace } from "./_memory_keyspace.ts";

const COMMANDS: MemoryCommands = { ...KEY_COMMANDS, ...COLLECTION_COMMANDS };

/**
 * Runs a command as the server does: at once, and apart from all others.
 *
 * @throws {ErrorReply} What the server would answer.
 */
export function interpret(
  keys: MemoryKeyspace,
  name: string,
  args: readonly string[],
): unknown {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new ErrorReply(`ERR unknown command '${name}'`);
  }
  return command(keys, args);
}
