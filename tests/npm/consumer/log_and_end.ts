// Copyright 2026 the HuleEdu authors. MIT license.

// A service that logs and ends: `log_and_end.ts <how> <lines> [file]`. Its last
// word on stdout, or in the file, must be the line with `last: true`.

import process from "node:process";
import {
  createServiceLogger,
  FileHandler,
  LineHandler,
} from "@huleedu/service-libs/logging";

const [how = "", count = "", path] = process.argv.slice(2);

// Node makes the pipe non-blocking when this is first asked for.
process.stdout.on("error", () => {});
process.stderr.write("begun\n");

const logger = createServiceLogger("ending", {
  handlers: [
    path === undefined
      ? new LineHandler()
      : new FileHandler({ path, minLength: 4_096, maxWaitMs: 60_000 }),
  ],
});
const text = "å".repeat(100);
const before = process.memoryUsage().rss;
for (let n = 1; n < Number(count); n++) logger.info("Working", { n, text });
logger.info("Ending", {
  last: true,
  grown_mib: (process.memoryUsage().rss - before) / 2 ** 20,
});

// What Deno alone has; elsewhere it is the exit of `process`.
const { Deno } = globalThis as { Deno?: { exit(code: number): void } };
if (how === "own exit") Deno?.exit(0);
if (how === "exit" || how === "own exit") process.exit(0);
if (how === "signal") process.kill(process.pid, "SIGTERM");
if (how === "crash") throw new Error("crash");
if (how === "reject") void Promise.reject(new Error("reject"));
// Long enough for a signal to arrive; otherwise the process ends by itself.
if (how === "signal") setTimeout(() => {}, 60_000);
