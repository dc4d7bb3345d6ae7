// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { capture, shown } from "./_capture.ts";

const REDACTED = "[redacted]";

Deno.test("Logger.info() redacts a value by the name beside it", () => {
  assertEquals(
    shown([
      { name: "DB_PASSWORD", value: "x" },
      { key: "authorization", value: ["x"] },
      { Name: "api_key", Value: "x" },
      { path: "password", value: "x", msg: "too short" },
      { name: "essay", value: "x" },
      { name: "password", value: null },
    ]),
    [
      { name: "DB_PASSWORD", value: REDACTED },
      { key: "authorization", value: REDACTED },
      { Name: "api_key", Value: REDACTED },
      { path: "password", value: REDACTED, msg: "too short" },
      { name: "essay", value: "x" },
      { name: "password", value: null },
    ],
  );
  const { logger, last } = capture();
  logger.info("Set", { name: "password", value: "x" });
  assertEquals(last()["value"], REDACTED);
  logger.child({ key: "token", value: "x" }).info("Set");
  assertEquals(last()["value"], REDACTED);
});

Deno.test("Logger.info() redacts values in pairs and in lists of headers", () => {
  const secret = "x";
  assertEquals(shown([["password", secret], ["essay", "y"]]), [
    ["password", REDACTED],
    ["essay", "y"],
  ]);
  assertEquals(shown(new Set([["token", secret]])), [["token", REDACTED]]);
  const headers = ["Authorization", secret, "Accept", "y", "Cookie", secret];
  const expected = ["Authorization", REDACTED, "Accept", "y", "Cookie"];
  assertEquals(shown({ rawHeaders: headers }), {
    rawHeaders: [...expected, REDACTED],
  });
  assertEquals(shown({ headers: [["Authorization", [secret]]] }), {
    headers: [["Authorization", REDACTED]],
  });
});

Deno.test("Logger.info() redacts the values of options in a list of arguments", () => {
  assertEquals(
    shown(["mysql", "--password", "x", "--verbose", "y", "--token=x"]),
    ["mysql", "--password", REDACTED, "--verbose", "y", "--token=[redacted]"],
  );
});

Deno.test("Logger.info() leaves lists of names as they are", () => {
  const value = {
    missing: ["password", "email"],
    exposedHeaders: ["Authorization", "Content-Type"],
    headers: { accept: "a", list: ["cookie", "y"] },
    path: ["user", "password"],
    keys: [["password"], ["token", "a", "b"]],
    value: 5,
    name: "essay",
  };
  assertEquals(shown(value), value);
});

Deno.test("Logger.info() shows no text under a name that describes a secret", () => {
  const value = {
    tokenUsed: "x",
    password_type: "x",
    pin_present: "x",
    tokens_used: { input: 12, model: "x", more: ["x", 1n, true, null] },
    cookieCount: Symbol("x"),
    password_used: new Error("x"),
  };
  const { tokens_used, password_used, ...rest } = shown(value) as typeof value;
  assertEquals(rest as unknown, {
    tokenUsed: REDACTED,
    password_type: REDACTED,
    pin_present: REDACTED,
    cookieCount: REDACTED,
  });
  assertEquals(tokens_used as unknown, {
    input: 12,
    model: REDACTED,
    more: [REDACTED, "1", true, null],
  });
  assertEquals(password_used.message, REDACTED);
});

Deno.test("Logger.info() shows numbers, dates and yes or no that describe a secret", () => {
  const value = {
    tokens_used: 12,
    auth_ms: 3.5,
    password_required: true,
    token_expires: "2026-11-26",
    password_changed_at: "2026-11-26T04:00:00.000Z",
    token_type: "Bearer",
    auth_type: "oauth2",
    token_usage: "",
    after: "shown",
  };
  assertEquals(shown(value), value);
  assertEquals(shown({ token_expires_at: new Date(0) }), {
    token_expires_at: "1970-01-01T00:00:00.000Z",
  });
});
