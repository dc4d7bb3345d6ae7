// Copyright 2026 the HuleEdu authors. MIT license.

/** What became of a command. */
export interface CommandResult {
  /** The exit code, or `null` when it was ended for taking too long. */
  readonly code: number | null;
  /** What it printed to stdout. */
  readonly stdout: string;
  /** What it printed to stderr. */
  readonly stderr: string;
}

/** Where and for how long a command runs. */
export interface CommandOptions {
  /** The working directory. */
  readonly cwd: string;
  /** Milliseconds after which the command is ended. */
  readonly timeoutMs: number;
}

/**
 * Runs a command to its end.
 *
 * @param command The program and its arguments.
 * @param options Where and for how long it runs.
 * @returns Its exit code and output.
 */
export async function runCommand(
  [program = "", ...args]: readonly string[],
  { cwd, timeoutMs }: CommandOptions,
): Promise<CommandResult> {
  const signal = AbortSignal.timeout(timeoutMs);
  const child = new Deno.Command(program, {
    args,
    cwd,
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code: signal.aborted ? null : code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * Runs a command that must succeed.
 *
 * @param command The program and its arguments.
 * @param options Where and for how long it runs.
 * @returns What it printed to stdout.
 * @throws {Error} If it fails or takes too long; the message has its output.
 */
export async function mustRun(
  command: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, options);
  if (code === 0) return stdout;
  const end = code === null ? "was ended" : `exited with code ${code}`;
  throw new Error(`"${command.join(" ")}" ${end}\n${stdout}${stderr}`);
}
