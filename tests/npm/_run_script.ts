// Copyright 2026 the HuleEdu authors. MIT license.

import { type CommandOptions, runCommand } from "./command.ts";
import type { Report } from "./_report.ts";

/**
 * Runs a script of `consumer/` in one runtime and records its results. That it
 * ends by itself is one of them: nothing that the library opened may stay open.
 *
 * @param report Where the results go.
 * @param label Names the script and the runtime in the results.
 * @param command The runtime's command line.
 * @param options Where and for how long it runs.
 */
export async function runScript(
  report: Report,
  label: string,
  command: readonly string[],
  options: CommandOptions,
): Promise<void> {
  const { code, stdout, stderr } = await runCommand(command, options);
  let passed = 0;
  let failed = 0;
  for (const block of stdout.split(/^(?=(?:not )?ok )/m)) {
    const [, result, name, reason] = /^(ok|not ok) (.*)\n([^]*)$/.exec(block) ??
      [];
    if (result === "ok") {
      passed++;
      report.pass(`${label}: ${name}`);
    } else if (result === "not ok") {
      failed++;
      report.fail(`${label}: ${name}`, reason ?? "");
    }
  }
  const end = `${label}: ends by itself`;
  if (code === null) {
    report.fail(end, `Still running after ${options.timeoutMs} ms\n${stderr}`);
  } else if (code !== (failed > 0 ? 1 : 0) || passed + failed === 0) {
    const ran = `after ${passed + failed} tests`;
    report.fail(end, `Exited with code ${code} ${ran}\n${stdout}${stderr}`);
  } else {
    report.pass(end);
  }
}
