// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { DescriptorWriter } from "../../logging/_descriptor_writer.ts";

/** A pipe of which a test says how many bytes each write takes. */
class FakePipe {
  readonly chunks: Uint8Array[] = [];
  /** How many bytes each write takes; none is a full pipe, -1 a full disk. */
  readonly takes: number[] = [];
  waitedMs = 0;

  write(_descriptor: number, data: string | Uint8Array): number {
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data;
    const size = Math.min(this.takes.shift() ?? bytes.length, bytes.length);
    if (size < 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    if (size === 0) throw Object.assign(new Error("full"), { code: "EAGAIN" });
    this.chunks.push(bytes.slice(0, size));
    return size;
  }

  wait(ms: number): void {
    this.waitedMs += ms;
  }

  text(): string {
    const bytes = this.chunks.flatMap((chunk) => [...chunk]);
    return new TextDecoder().decode(new Uint8Array(bytes));
  }
}

Deno.test("DescriptorWriter.write() goes on where a pipe took only a part", () => {
  const pipe = new FakePipe();
  const writer = new DescriptorWriter(1, pipe);
  pipe.takes.push(1, 2, 0, 3);
  writer.write("å😀 one\n");
  writer.write("two\n");
  assertEquals(pipe.text(), "å😀 one\ntwo\n");
});

Deno.test("DescriptorWriter.write() waits for a pipe that is full", () => {
  const pipe = new FakePipe();
  const writer = new DescriptorWriter(1, pipe);
  pipe.takes.push(...Array.from({ length: 20 }, () => 0));
  writer.write("one\n");
  assertEquals(pipe.text(), "one\n");
  assertEquals(pipe.waitedMs > 0, true);
});

Deno.test("DescriptorWriter.write() gives lines up whole when nobody reads", () => {
  const pipe = new FakePipe();
  const writer = new DescriptorWriter(1, pipe);
  pipe.takes.push(2, ...Array.from({ length: 1_000 }, () => 0));
  assertThrows(
    () => writer.write("one\n"),
    Error,
    "Cannot write log line: file descriptor 1 takes no data",
  );
  const waitedMs = pipe.waitedMs;
  for (let i = 0; i < 100; i++) assertThrows(() => writer.write("lost\n"));
  assertEquals(pipe.waitedMs, waitedMs);

  pipe.takes.length = 0;
  writer.write("two\n");
  assertEquals(pipe.text(), "one\ntwo\n");
});

Deno.test("DescriptorWriter.write() passes on that the reader is gone", () => {
  const writer = new DescriptorWriter(1, {
    write() {
      throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    },
    wait() {},
  });
  assertThrows(() => writer.write("one\n"), Error, "EPIPE");
});

Deno.test("DescriptorWriter.write() finishes a line that was begun when a disk was full", () => {
  const pipe = new FakePipe();
  const writer = new DescriptorWriter(1, pipe);
  pipe.takes.push(2, -1, -1);
  assertThrows(() => writer.write("one\n"), Error, "full");
  assertThrows(() => writer.write("lost\n"), Error, "full");
  writer.write("two\n");
  assertEquals(pipe.text(), "one\ntwo\n");
});
