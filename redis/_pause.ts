// Copyright 2026 the HuleEdu authors. MIT license.

/** Resolves after `ms` milliseconds; rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** Resolves when the work has ended, or after `ms` milliseconds. */
export async function atMost(
  work: Promise<unknown>,
  ms: number,
): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  work.then(end, end);
  await pause(ms, ended.signal).catch(() => {});
}
