// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";

const flushes = new Set<() => void>();
let isListening = false;

/** What tells of `unload`: Deno does, also of the exits that `process` misses. */
const target = globalThis as unknown as Partial<EventTarget>;

/**
 * Has something done when the process exits, also by an error that nobody
 * catches. What a signal ends without a listener does not come by here.
 *
 * @param flush What to do; it must be done when it returns.
 * @returns Takes it back.
 */
export function flushAtExit(flush: () => void): () => void {
  if (!isListening) {
    isListening = true;
    process.on("exit", flushAll);
    // Deno exits without a word after an error that nobody catches.
    process.on("uncaughtExceptionMonitor", flushAll);
    target.addEventListener?.("unload", flushAll);
  }
  flushes.add(flush);
  return () => {
    flushes.delete(flush);
    if (flushes.size > 0) return;
    isListening = false;
    process.off("exit", flushAll);
    process.off("uncaughtExceptionMonitor", flushAll);
    target.removeEventListener?.("unload", flushAll);
  };
}

function flushAll(): void {
  for (const flush of flushes) flush();
}
