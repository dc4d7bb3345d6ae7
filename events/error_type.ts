// Copyright 2026 the HuleEdu authors. MIT license.

const MAX_LENGTH = 1_000;
/** A login in a URL. */
const URL_LOGIN = /:\/\/[^\s/@]+@/g;

/**
 * Which kind of error it is, for OpenTelemetry's `error.type`: its code where it
 * has one, else its name.
 */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && code !== "" ? code : error.name;
}

/** What an error says, without logins. */
export function errorText(
  error: unknown,
): { readonly message: string; readonly stack: string } {
  if (!(error instanceof Error)) {
    return { message: `Thrown value of kind ${typeof error}`, stack: "" };
  }
  const hide = (text: string) =>
    text.replace(URL_LOGIN, "://[redacted]@").slice(0, MAX_LENGTH);
  return { message: hide(error.message), stack: hide(error.stack ?? "") };
}
