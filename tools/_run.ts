// Copyright 2026 the HuleEdu authors. MIT license.

/** Thrown once the user has interrupted a run. */
export class InterruptedError extends Error {
  /** Builds the error. */
  constructor() {
    super("Interrupted");
    this.name = "InterruptedError";
  }
}

/** How a program is run. */
export interface RunOptions {
  /** The folder to run it in. */
  readonly cwd: string;
  /** Variables on top of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the program may read the terminal. Otherwise it has no input. */
  readonly interactive?: boolean;
}

/** How a program ended. */
export interface RunResult {
  /** Its exit code; 128 and more after a signal. */
  readonly code: number;
  /** Its stdout, without colours; empty for an interactive program. */
  readonly output: string;
}

/**
 * Runs a program to its end. What it writes is shown as it comes, and returned.
 *
 * @throws {InterruptedError} If the user interrupted it.
 */
export async function run(
  command: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const [program, ...args] = command;
  const { cwd, env, interactive = false } = options;
  const output = interactive ? "inherit" : "piped";
  const child = new Deno.Command(program!, {
    args,
    cwd,
    env: { ...env, ...(Deno.stdout.isTerminal() ? {} : { NO_COLOR: "1" }) },
    stdin: interactive ? "inherit" : "null",
    stdout: output,
    stderr: output,
  }).spawn();
  using signals = new SignalWatch(child);
  const parts: string[] = [];
  if (!interactive) {
    await Promise.all([
      tee(child.stdout, Deno.stdout, (text) => parts.push(text)),
      tee(child.stderr, Deno.stderr),
    ]);
  }
  const { code } = await child.status;
  // An interactive program has its own answer to Ctrl-C, and its own code.
  if (signals.interrupted && !interactive) throw new InterruptedError();
  return { code, output: stripColours(parts.join("")) };
}

/** Runs a subcommand of this very Deno. */
export function runDeno(
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  return run([Deno.execPath(), ...args], options);
}

/** Outlives the child on Ctrl-C, and ends it on SIGTERM. */
class SignalWatch implements Disposable {
  #child: Deno.ChildProcess;
  interrupted = false;
  // The terminal sends Ctrl-C to the child as well.
  #interrupt = () => {
    this.interrupted = true;
  };
  #end = () => {
    this.interrupted = true;
    this.#child.kill("SIGTERM");
  };

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    Deno.addSignalListener("SIGINT", this.#interrupt);
    Deno.addSignalListener("SIGTERM", this.#end);
  }

  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#interrupt);
    Deno.removeSignalListener("SIGTERM", this.#end);
  }
}

async function tee(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  to: { write(data: Uint8Array): Promise<number> },
  onText?: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    for (let sent = 0; sent < chunk.length;) {
      sent += await to.write(chunk.subarray(sent));
    }
    onText?.(decoder.decode(chunk, { stream: true }));
  }
}

function stripColours(text: string): string {
  // deno-lint-ignore no-control-regex -- that is what a colour is.
  return text.replaceAll(/\x1b\[[0-9;]*m/g, "");
}
