// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * When a process started, in the system's own form: with the id, it names one
 * process for ever, which the id alone does not.
 *
 * @returns The time, or `undefined` if there is no such process.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // The name, in brackets, may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, field 22
  if (fields[0] === "Z") return undefined;
  if (fields.length > 19) return fields[19];
  if (Deno.build.os === "linux") return undefined;
  const { success, stdout } = await new Deno.Command("ps", {
    args: ["-o", "lstart=", "-p", String(pid)],
  }).output();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}
