// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Runs a command if this process ends without calling the guard off: the last
 * resort against servers that outlive a crash. It waits on a pipe that the
 * system closes with us, whatever ends us.
 */
export class Guard implements AsyncDisposable {
  #child: Deno.ChildProcess;

  /** Starts the guard over a command. */
  constructor(command: readonly string[]) {
    this.#child = new Deno.Command("sh", {
      args: ["-c", 'read -r _ || "$@"', "sh", ...command],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      // A signal to our process group, such as Ctrl-C, must not end the guard.
      detached: true,
    }).spawn();
  }

  /** Calls the guard off. */
  async [Symbol.asyncDispose](): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("done\n"));
    await writer.close();
    await this.#child.status;
  }
}
