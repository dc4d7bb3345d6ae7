// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED, UNREADABLE } from "./_marks.ts";

/** What a line has of an error. */
export interface ErrorData {
  /** The name of its kind. */
  readonly name: string;
  /** What it says. */
  readonly message: string;
  /** Where it was made; begins with name and message, as a rule. */
  readonly stack: string;
  /** What it was caused by. */
  readonly cause?: unknown;
  /** What else it carries. */
  readonly [name: string]: unknown;
}

/**
 * Tells whether data of a line was an error. A stack alone does not make one: a
 * field may be called so.
 */
export function isErrorData(value: unknown): value is ErrorData {
  if (typeof value !== "object" || value === null) return false;
  const { name, message, stack } = value as Record<string, unknown>;
  return typeof name === "string" && typeof message === "string" &&
    typeof stack === "string";
}

/**
 * The stack of an error with its name and message first, which a stack lacks
 * when they were set later or when it cannot be read.
 */
export function stackText({ name, message, stack }: ErrorData): string {
  const head = message === "" ? name : `${name}: ${message}`;
  if (stack === "" || stack === UNREADABLE) return head;
  if (stack.startsWith(head)) return stack;
  const made = message === "" ? "Error" : `Error: ${message}`;
  return stack.startsWith(made)
    ? head + stack.slice(made.length)
    : `${head}\n${stack}`;
}

/**
 * The stack of an error whose message is redacted. Where the message is not found
 * in it, since it was set later, all before the frames is left out.
 */
export function withoutMessage(stack: unknown, message: unknown): unknown {
  if (typeof stack !== "string" || typeof message !== "string") return stack;
  const start = message === "" ? -1 : stack.indexOf(message);
  if (start >= 0) {
    const rest = stack.slice(start + message.length);
    return stack.slice(0, start) + REDACTED +
      // A short one may be part of anything.
      (message.length < 4 ? rest : rest.replaceAll(message, REDACTED));
  }
  const frames = stack.search(/\n\s+at /);
  const name = /^[\w$.]+(?=[:\n])/.exec(stack)?.[0] ?? "Error";
  return `${name}: ${REDACTED}` + (frames < 0 ? "" : stack.slice(frames));
}
