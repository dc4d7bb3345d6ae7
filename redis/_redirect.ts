// Copyright 2026 the HuleEdu authors. MIT license.

import { GivenBackError } from "./_given_back_error.ts";
import { RedisCommandError } from "./errors.ts";

/**
 * Why a node of a cluster has not applied a command, and what is to be done.
 *
 * - `"moved"`: another node has the slot from now on.
 * - `"ask"`: another node may have the key, while the slot moves there.
 * - `"wait"`: nobody has it for the moment.
 * - `"lost"`: the connection to the node was lost before it was sent.
 */
export type Redirect =
  | {
    readonly kind: "moved" | "ask";
    readonly slot: number;
    /** Empty where it is the host that was asked. */
    readonly host: string;
    readonly port: number;
  }
  | { readonly kind: "wait" }
  | { readonly kind: "lost" };

const WAIT: ReadonlySet<string> = new Set([
  "CLUSTERDOWN",
  "TRYAGAIN",
  "UNBLOCKED",
  "READONLY",
]);

/** The words of a server; a script may answer with the same code in its own. */
const WAIT_IN_SCRIPT =
  /^(CLUSTERDOWN (The cluster|Hash slot)|TRYAGAIN Multiple keys|READONLY You can't)/;

/** Reads an error; `null` for what is no redirect. */
export function readRedirect(error: unknown): Redirect | null {
  if (error instanceof GivenBackError) return { kind: "lost" };
  if (!(error instanceof RedisCommandError)) return null;
  if (isToWait(error)) return { kind: "wait" };
  const parts = /^(MOVED|ASK) (\d+) (\S*):(\d+)$/.exec(error.answer);
  if (parts === null) return null;
  const [, kind, slot, host, port] = parts;
  return {
    kind: kind === "ASK" ? "ask" : "moved",
    slot: Number(slot),
    host: host === "?" ? "" : host!,
    port: Number(port),
  };
}

function isToWait({ command, code, answer }: RedisCommandError): boolean {
  return command.startsWith("EVAL")
    ? WAIT_IN_SCRIPT.test(answer)
    : WAIT.has(code);
}
