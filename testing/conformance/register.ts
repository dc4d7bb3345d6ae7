// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * How a conformance suite adds a test to whatever runner it runs in:
 * `Deno.test`, `node:test` and `bun:test` all fit.
 *
 * @param name What must hold.
 * @param fn Rejects when it does not.
 */
export type RegisterTest = (name: string, fn: () => Promise<void>) => void;
