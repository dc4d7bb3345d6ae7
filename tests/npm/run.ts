// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Tests the npm package as its users meet it: builds and packs it, installs the
 * tarball in an empty folder, compiles the scripts of `consumer/` there with
 * `tsc`, and runs them on Node and on Bun, against the doubles and against real
 * Kafka and Redis.
 *
 * ```sh
 * KAFKA_BOOTSTRAP_SERVERS=… REDIS_URL=… deno run -A tests/npm/run.ts
 * ```
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNpm } from "../../tools/build_npm.ts";
import { checkPackage } from "./_check_package.ts";
import { mustRun } from "./command.ts";
import {
  addScripts,
  createConsumer,
  install,
  packPackage,
} from "./consumer_folder.ts";
import { Report } from "./_report.ts";
import { runScript } from "./_run_script.ts";

const BUN = "node_modules/.bin/bun";
const RUNTIMES = ["node", BUN];

const SCRIPTS = [
  ["entries"],
  ["doubles"],
  ["logging"],
  ["telemetry"],
  ["services"],
  ["conformance", "doubles"],
  ["conformance", "services"],
];

async function main(report: Report): Promise<void> {
  await using consumer = await createConsumer();
  const { folder } = consumer;
  const options = { cwd: folder, timeoutMs: 180_000 };
  await buildNpm();
  const root = fileURLToPath(new URL("../..", import.meta.url));
  await install(folder, await packPackage(root, folder));
  const installed = "node_modules/@huleedu/service-libs";
  await checkPackage(report, join(folder, installed));

  await addScripts(folder);
  await install(
    folder,
    "@opentelemetry/api@^1.9",
    "@opentelemetry/context-async-hooks@^2",
    "@opentelemetry/sdk-trace-base@^2",
    "@types/node@^20",
    "bun@^1.4",
    "publint@^0.3",
    "typescript5@npm:typescript@^5.9",
    "typescript7@npm:typescript@^7",
  );
  await report.check("publint finds nothing to improve", async () => {
    const publint = ["node", "node_modules/publint/src/cli.js", installed];
    await mustRun([...publint, "--strict"], options);
  });
  for (const compiler of ["typescript7", "typescript5"]) {
    await report.check(`${compiler} compiles a consumer`, async () => {
      await mustRun(["node", `node_modules/${compiler}/bin/tsc`], options);
    });
  }
  for (const runtime of RUNTIMES) {
    const version = await mustRun([runtime, "--version"], options);
    const name = `${runtime.replace(/.*\//, "")} ${version.trim()}`;
    const scripts = runtime === BUN ? [...SCRIPTS, ["web_socket"]] : SCRIPTS;
    for (const [script = "", ...args] of scripts) {
      await runScript(
        report,
        [name, script, ...args].join(" "),
        [runtime, `out/${script}.js`, ...args],
        options,
      );
    }
  }
}

for (const name of ["KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL"]) {
  if (!Deno.env.get(name)) throw new Error(`Cannot test: ${name} is not set`);
}
const report = new Report();
await report.check("the package is built and installed", () => main(report));
report.summarize();
Deno.exitCode = report.failed > 0 ? 1 : 0;
