// Copyright 2026 the HuleEdu authors. MIT license.

const MAX_LENGTH = 1_000;

/** A login in a URL, whatever is in its password; not longer than logins are. */
const URL_LOGIN = /:\/\/[^\s"'<>]{1,512}@/g;

/** What an error says. */
export interface ErrorText {
  /** Its message, or of which kind the value is that was thrown in its place. */
  readonly message: string;
  /** Its stack; empty where there is none. */
  readonly stack: string;
}

/**
 * Whether a value is an error. What is thrown may be anything, also something
 * that throws when it is asked.
 */
export function isInstance<T>(
  value: unknown,
  kind: abstract new (...args: never[]) => T,
): value is T {
  try {
    return value instanceof kind;
  } catch {
    return false;
  }
}

/**
 * Which kind of error it is, for OpenTelemetry's `error.type`: its code where it
 * has one, else its name. Never throws.
 */
export function errorType(error: unknown): string {
  if (!isInstance(error, Error)) return typeof error;
  return textIn(error, "code") || errorName(error);
}

/** The name of an error. Never throws. */
export function errorName(error: Error): string {
  return textIn(error, "name") || "Error";
}

/** What an error says, without logins. Never throws. */
export function errorText(error: unknown): ErrorText {
  if (!isInstance(error, Error)) {
    return { message: `Thrown value of kind ${typeof error}`, stack: "" };
  }
  return {
    message: withoutLogins(textIn(error, "message")),
    stack: withoutLogins(textIn(error, "stack")),
  };
}

/** A text that an error holds; empty where it holds something else. */
function textIn(error: Error, name: string): string {
  try {
    const value = (error as unknown as Record<string, unknown>)[name];
    return typeof value === "string" ? value : "";
  } catch {
    return "";
  }
}

function withoutLogins(text: string): string {
  return text.slice(0, 4 * MAX_LENGTH)
    .replace(URL_LOGIN, "://[redacted]@").slice(0, MAX_LENGTH);
}
