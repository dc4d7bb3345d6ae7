// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { errorText, errorType } from "../../events/error_type.ts";
import { ODD_ERRORS } from "./odd_errors.ts";

Deno.test("errorType() and errorText() take whatever is thrown", () => {
  for (const error of ODD_ERRORS) {
    assertEquals(typeof errorType(error), "string");
    const { message, stack } = errorText(error);
    assertEquals([typeof message, typeof stack], ["string", "string"]);
  }
  assertEquals(errorType(Object.assign(new Error(), { code: "E1" })), "E1");
  assertEquals(errorType(new TypeError()), "TypeError");
  assertEquals(errorType("text"), "string");
});

Deno.test("errorText() leaves logins out, whatever is in a password", () => {
  for (const password of ["s3cret", "s3/cret", "s3@cret", "s3:c#ret?"]) {
    const { message } = errorText(
      new Error(`Cannot reach redis://u:${password}@h:1/0, nor kafka://h2`),
    );
    assertEquals(
      message,
      "Cannot reach redis://[redacted]@h:1/0, nor kafka://h2",
    );
  }
  const long = errorText(new Error("://".repeat(100_000)));
  assertEquals(long.message.length, 1_000);
});
