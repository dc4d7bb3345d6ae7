// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Begins a trace, as a page does that has no tracing of its own.
 *
 * @returns A `traceparent` by W3C Trace Context, which asks to be recorded.
 */
export function newTraceparent(): string {
  const hex = (bytes: number) =>
    [...crypto.getRandomValues(new Uint8Array(bytes))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `00-${hex(16)}-${hex(8)}-01`;
}
