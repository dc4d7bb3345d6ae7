// Copyright 2026 the HuleEdu authors. MIT license.

import type { Link } from "./_link.ts";
import { OutcomeUnknownError, RedisCommandError } from "./errors.ts";
import type { WireCommand } from "./wire_command.ts";

/**
 * Runs a SET NX. Where the reply is lost it looks, so that "already there" is
 * never said of the caller's own write.
 *
 * @param link Where it is sent.
 * @param command The SET NX.
 * @returns Whether the key was set.
 * @throws {OutcomeUnknownError} If that cannot be told.
 */
export function setIfNotExists(
  link: Link,
  command: WireCommand,
): Promise<boolean> {
  const deadline = link.deadline();
  return link.run(command, deadline).then(isOk, (error) => {
    if (!(error instanceof OutcomeUnknownError)) throw error;
    return settle(link.quiet ?? link, command, error, deadline);
  });
}

function isOk(reply: unknown): boolean {
  return reply === "OK";
}

async function settle(
  link: Link,
  command: WireCommand,
  lost: OutcomeUnknownError,
  deadline: number,
): Promise<boolean> {
  const [key, value] = command.args as [string, string];
  while (performance.now() < deadline) {
    const found = await look(link, key, lost, deadline);
    if (found === value || found === asSent(value)) throw lost;
    if (found !== null) return false;
    try {
      // A "no" needs another look: the first write may have landed only now.
      const reply = await link.run<string | null>(command, deadline);
      if (reply === "OK") return true;
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) throw lost;
    }
  }
  throw lost;
}

/** A text as it arrives: half of a surrogate pair has no form in UTF-8. */
function asSent(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

/** The value, a sign for one that is no text, or `null`. */
async function look(
  link: Link,
  key: string,
  lost: OutcomeUnknownError,
  deadline: number,
): Promise<string | symbol | null> {
  try {
    return await link.run<string | null>(
      { kind: "read", name: "GET", args: [key] },
      deadline,
    );
  } catch (error) {
    if (error instanceof RedisCommandError && error.code === "WRONGTYPE") {
      return Symbol();
    }
    throw lost;
  }
}
