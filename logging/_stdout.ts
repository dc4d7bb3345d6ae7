// Copyright 2026 the HuleEdu authors. MIT license.

import { DescriptorWriter } from "./_descriptor_writer.ts";

const stdout = new DescriptorWriter(1);

/** Writes one line to stdout before it returns. */
export function writeToStdout(line: string): void {
  stdout.write(line + "\n");
}
