// Copyright 2026 the HuleEdu authors. MIT license.

import { processStart } from "./_process.ts";
import { isContainerRunning, removeContainer } from "./container.ts";
import type { ServiceRecord } from "./service.ts";

/** Whether the very service of a record still runs. */
export async function isRunning(record: ServiceRecord): Promise<boolean> {
  return record.kind === "container"
    ? await isContainerRunning(record.id)
    : await processStart(record.pid) === record.startedAt;
}

/** Stops the service of a record, if it still runs, and removes its data. */
export async function stopRecord(record: ServiceRecord): Promise<void> {
  if (record.kind === "container") return await removeContainer(record.id);
  if (await isRunning(record)) Deno.kill(record.pid, "SIGKILL");
  while (await isRunning(record)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Deno.remove(record.folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
