// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { withContext } from "../../events/mod.ts";
import { isSecretKey } from "../../logging/mod.ts";
import { capture, shown } from "./_capture.ts";

Deno.test("isSecretKey() knows secrets in every spelling", () => {
  const keys = [
    "password",
    "PASSWORD",
    "dbPassword",
    "db_password",
    "PaSsWoRd",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "clientSecret",
    "client-secret",
    "secrets",
    "token",
    "accessToken",
    "ACCESS_TOKEN",
    "refreshtoken",
    "id.token",
    "tokens",
    "authorization",
    "Proxy-Authorization",
    "cookie",
    "Set-Cookie",
    "cookies",
    "apiKey",
    "api_key",
    "X-API-Key",
    "APIKEY",
    "privateKey",
    "access_key",
    "aws_secret_access_key",
    "credentials",
    "jwt",
    "connectionString",
    "auth",
    "password_hash",
    "token_value",
  ];
  for (const key of keys) assert(isSecretKey(key), key);
});

Deno.test("isSecretKey() leaves harmless names alone", () => {
  const keys = [
    "tokens_used",
    "tokenCount",
    "token_type",
    "max_tokens_limit",
    "expires_at",
    "password_changed_at",
    "passwordLength",
    "key",
    "key_id",
    "author",
    "authenticated",
    "compass",
    "bypass",
    "tokenizer",
    "secretary",
    "cookiecutter",
    "essay_id",
    "correlation_id",
    "partition_key",
    "message",
    "",
    "åäö",
    "__proto__",
  ];
  for (const key of keys) assertFalse(isSecretKey(key), key);
});

Deno.test("Logger.info() redacts secrets by key, at every depth", () => {
  const { logger, raw } = capture();
  const fields = {
    password: "hunter2",
    nested: { list: [{ api_key: "hunter2" }], token: { value: "hunter2" } },
    map: new Map([["secret", "hunter2"]]),
    pairs: new Map<unknown, string>([[1, "x"], ["secret", "hunter2"]]),
    headers: new Headers({ authorization: "hunter2" }),
    pin: { toJSON: () => ({ cookie: "hunter2" }) },
    token: 482913,
  };
  logger.info("Call", fields);
  logger.child(fields).info("Child");
  withContext(fields, () => logger.info("Context"));

  assertEquals(raw.length, 3);
  for (const line of raw) {
    assertFalse(line.includes("hunter2") || line.includes("482913"), line);
    assertEquals(JSON.parse(line).password, "[redacted]");
    assertEquals(JSON.parse(line).nested.token, "[redacted]");
  }
});

Deno.test("Logger.info() keeps what is no secret under a secret name", () => {
  const value = { password: null, token: "", secret: true, max_tokens: 800 };
  assertEquals(shown(value), value);
});

Deno.test("Logger.info() redacts passwords in connection strings", () => {
  const cases: [string, string][] = [
    ["redis://:hunter2@cache:6379/0", "redis://:[redacted]@cache:6379/0"],
    ["postgres://app:hun@ter2@db/x?a=b", "postgres://app:[redacted]@db/x?a=b"],
    ["postgres://app:hun/ter2@db/x", "postgres://app:[redacted]@db/x"],
    [
      "at amqps://u:hunter2@mq, retrying",
      "at amqps://u:[redacted]@mq, retrying",
    ],
    [
      "redis://a:hunter2@h1,redis://b:hunter2@h2",
      "redis://a:[redacted]@h1,redis://b:[redacted]@h2",
    ],
  ];
  for (const [text, expected] of cases) assertEquals(shown(text), expected);
  assertEquals(
    shown("clone https://ghp_hunter2hunter2hunter2@github.com/x"),
    "clone https://[redacted]@github.com/x",
  );
  assertEquals(
    shown(new URL("redis://app:hunter2@cache/0")),
    "redis://app:[redacted]@cache/0",
  );
});

Deno.test("Logger.info() redacts secrets in texts", () => {
  const cases: [string, string][] = [
    ["GET /x?access_token=hunter2&a=1", "GET /x?access_token=[redacted]&a=1"],
    ["Server=db;Password=hunter2;X=1", "Server=db;Password=[redacted];X=1"],
    ['{"password": "hunter2", "a": 1}', '{"password": "[redacted]", "a": 1}'],
    ['"{\\"password\\":\\"hunter2\\"}"', '"{\\"password\\":\\"[redacted]\\"}"'],
    ['{"token":{"v":["hunter2"]},"a":1}', '{"token":[redacted],"a":1}'],
    [
      "Authorization: Basic hunter2 x\nHost: a",
      "Authorization: [redacted]\nHost: a",
    ],
    ["Cookie: a=hunter2; b=hunter2", "Cookie: [redacted]"],
    ["sent Bearer hunter2hunter2 to a", "sent Bearer [redacted] to a"],
    ["got eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "got [redacted]"],
    ["api_key: hunter2", "api_key: [redacted]"],
  ];
  const { logger, last } = capture();
  for (const [text, expected] of cases) {
    assertEquals(shown(text), expected);
    logger.info(text);
    assertEquals(last()["message"], expected);
  }
});

Deno.test("Logger.info() leaves ordinary texts as they are", () => {
  const texts = [
    "https://hule.education:8080/a?mail=a@b.se",
    "mailto:someone@example.com",
    "password: too short",
    "Unexpected token: }",
    "max_tokens=800, ratio = 1:2",
    "a bearer of good news",
    "ssh://git@github.com/x",
    "C:\\Users\\x",
    "2026-11-23T04:54:36.042Z",
  ];
  for (const text of texts) assertEquals(shown(text), text);
});

Deno.test("Logger.info() leaves no part of a secret where a text is cut", () => {
  const secret = "h".repeat(2_000);
  for (let before = 32_000; before < 33_000; before += 37) {
    const text = shown(
      "x".repeat(before) + ` redis://app:${secret}@cache ` + "x".repeat(99_999),
    ) as string;
    assertFalse(text.includes("hhh"));
  }
});

Deno.test("createServiceLogger() redacts by the caller's rule as well", () => {
  const { logger, last } = capture({
    isSecretKey: (key) => key === "personal_number",
  });
  logger.info("Hello", { personal_number: "121212-1212", token: "t0p" });
  assertEquals(last()["personal_number"], "[redacted]");
  assertEquals(last()["token"], "[redacted]");
});

Deno.test("createServiceLogger() redacts all when the caller's rule throws", () => {
  const { logger, last } = capture({
    isSecretKey() {
      throw new Error("no");
    },
  });
  logger.info("Hello", { a: "x" });
  assertEquals(last()["a"], "[redacted]");
});
