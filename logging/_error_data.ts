// Copyright 2026 the HuleEdu authors. MIT license.

import { UNREADABLE } from "./_marks.ts";

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
