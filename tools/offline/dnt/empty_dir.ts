// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Makes sure that a folder is there and empty. The folder itself is kept.
 *
 * @param path The folder.
 */
export async function emptyDir(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  for await (const entry of Deno.readDir(path)) {
    await Deno.remove(`${path}/${entry.name}`, { recursive: true });
  }
}
