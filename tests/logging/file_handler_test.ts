// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { stderr } from "../../logging/_report_failure.ts";
import {
  createServiceLogger,
  FileHandler,
  type FileHandlerOptions,
  type Logger,
} from "../../logging/mod.ts";
import { FakeDisk } from "./_fake_disk.ts";

const path = "/logs/essays.log";

function fileLogger(
  options: Partial<FileHandlerOptions> = {},
): { readonly logger: Logger; readonly handler: FileHandler } {
  const handler = new FileHandler({ path, ...options });
  const logger = createServiceLogger("essays", { handlers: [handler] });
  return { logger, handler };
}

Deno.test("FileHandler.handle() writes each line before the call returns", async () => {
  using disk = new FakeDisk();
  const { logger, handler } = fileLogger();
  logger.info("Hello", { n: 1 });
  assertEquals(disk.lines(path).map((line) => line["n"]), [1]);
  await handler[Symbol.asyncDispose]();
  assertEquals(disk.openCount, 0);
});

Deno.test("FileHandler puts a full file aside and keeps some", () => {
  using disk = new FakeDisk();
  const { logger } = fileLogger({ maxBytes: 300, maxFiles: 2 });
  for (let n = 0; n < 20; n++) logger.info("Hello", { n });
  assertEquals(disk.paths, [path, `${path}.1`, `${path}.2`]);
  const numbers = [`${path}.2`, `${path}.1`, path].flatMap((each) =>
    disk.lines(each).map((line) => line["n"])
  );
  assertEquals(numbers.at(-1), 19);
  assertEquals(disk.openCount, 1);
});

Deno.test("FileHandler begins a new file within a second when it was moved", () => {
  using time = new FakeTime();
  using disk = new FakeDisk();
  const { logger } = fileLogger();
  logger.info("Hello", { n: 1 });
  disk.move(path, `${path}.old`);
  time.tick(1_000);
  logger.info("Hello", { n: 2 });
  assertEquals(disk.lines(`${path}.old`).map((line) => line["n"]), [1]);
  assertEquals(disk.lines(path).map((line) => line["n"]), [2]);
  disk.remove(path);
  time.tick(1_000);
  logger.info("Hello", { n: 3 });
  assertEquals(disk.lines(path).map((line) => line["n"]), [3]);
  assertEquals(disk.openCount, 1);
});

Deno.test("FileHandler writes what waits when it is enough, urgent, old or asked for", () => {
  using time = new FakeTime();
  using disk = new FakeDisk();
  const { logger, handler } = fileLogger({ minLength: 500 });
  const written = () => disk.lines(path).length;
  logger.info("1");
  assertEquals(written(), 0);
  handler.flush();
  assertEquals(written(), 1);
  logger.info("2");
  time.tick(1_000);
  assertEquals(written(), 2);
  logger.info("3");
  logger.error("4");
  assertEquals(written(), 4);
  logger.info("5", { text: "x".repeat(500) });
  assertEquals(written(), 5);
});

for (const format of ["json", "console"] as const) {
  Deno.test(`FileHandler counts the records it loses: ${format}`, () => {
    using disk = new FakeDisk();
    using _ = stub(stderr, "write", () => {});
    const { logger, handler } = fileLogger({ format, minLength: 1_000_000 });
    disk.isFull = true;
    logger.info("1");
    logger.info("2", { error: new Error("with a stack") });
    assertThrows(() => handler.flush(), Error, "No space left");
    logger.error("3");
    disk.isFull = false;
    logger.info("4");
    handler.flush();
    const [first = ""] = disk.text(path).split("\n");
    assertEquals(/lost"?[:=](\d+)/.exec(first)?.[1], "3");
    assertEquals(first.includes("unknown"), false);
  });
}

Deno.test("FileHandler refuses options that make no sense", () => {
  assertThrows(() => fileLogger({ path: "" }), TypeError, '"path"');
  assertThrows(() => fileLogger({ maxBytes: -1 }), RangeError, '"maxBytes"');
  assertThrows(() => fileLogger({ minLength: 0.5 }), RangeError, "minLength");
});
