// Copyright 2026 the HuleEdu authors. MIT license.

/** Who calls, and how long. */
export interface CallsPerSecondOptions {
  /** How many calls are under way at once, each caller awaiting its own. */
  readonly callers: number;
  /** For how long new calls begin. */
  readonly durationMs: number;
}

/**
 * Lets callers do one call after another, and measures from the first call to
 * the end of the last one.
 *
 * @param options Who calls, and how long.
 * @param call Does one call; told its number.
 * @returns Calls per second.
 */
export async function callsPerSecond(
  { callers, durationMs }: CallsPerSecondOptions,
  call: (index: number) => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  const deadline = start + durationMs;
  let begun = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < deadline) await call(begun++);
    }),
  );
  return begun / (performance.now() - start) * 1_000;
}
