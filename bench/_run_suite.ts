// Copyright 2026 the HuleEdu authors. MIT license.

import { note } from "../tools/terminal.ts";

/** A benchmark that takes longer hangs. */
const TIMEOUT_MS = 20 * 60_000;

/** Where a benchmark runs. */
export interface RunSuiteOptions {
  /** The working directory. */
  readonly cwd: string;
  /** Variables on top of the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a benchmark to its end. What it says on stderr is shown as it comes.
 *
 * @param command The program and its arguments.
 * @param options Where it runs.
 * @param onMeasurement Called with each line of JSON.
 * @returns Whether it ended as it should.
 */
export async function runSuite(
  [program = "", ...args]: readonly string[],
  { cwd, env }: RunSuiteOptions,
  onMeasurement: (line: string) => void,
): Promise<boolean> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const child = new Deno.Command(program, {
    args,
    cwd,
    env: { ...env },
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  for await (const line of linesOf(child.stdout)) {
    if (line.startsWith("{")) onMeasurement(line);
    else note(line);
  }
  const { success } = await child.status;
  return success;
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}
