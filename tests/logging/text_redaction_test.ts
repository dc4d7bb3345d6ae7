// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { scrub } from "../../logging/_scrub.ts";
import { nameKind } from "../../logging/_secret_names.ts";
import { capture, shown } from "./_capture.ts";

/** Checks each text as a value, as a message, and as an error's message. */
function assertShown(cases: readonly (readonly [string, string])[]): void {
  const { logger, last } = capture();
  for (const [text, expected] of cases) {
    assertEquals(shown(text), expected);
    logger.info(text);
    assertEquals(last()["message"], expected);
    logger.error("Failed", { error: new Error(text) });
    const { message, stack } = last()["error"] as Error;
    assertEquals(message, expected);
    assertEquals(stack!.slice(0, expected.length + 7), `Error: ${expected}`);
  }
}

Deno.test("Logger.info() redacts values of connection strings up to the semicolon", () => {
  assertShown([
    ["Password=a b;", "Password=[redacted];"],
    ["Server=db;Password=a b;X=1", "Server=db;Password=[redacted];X=1"],
    ["Server=db; Pwd=it's a=b;X=1", "Server=db; Pwd=[redacted];X=1"],
    ["Password=a&b c;Server=db", "Password=[redacted];Server=db"],
    ['Password="a;""b c";Server=db', 'Password="[redacted]";Server=db'],
    ["Driver={x};PWD={a;b};UID=u", "Driver={x};PWD=[redacted];UID=u"],
    ["token=abc failed; retrying", "token=[redacted] failed; retrying"],
  ]);
});

Deno.test("Logger.info() redacts passwords in URLs whatever is in them", () => {
  assertShown([
    ["redis://app:p#1@cache:6379/0", "redis://app:[redacted]@cache:6379/0"],
    ["redis://app:p/1?x@cache:6379", "redis://app:[redacted]@cache:6379"],
    ["redis://app:it's@cache, ok", "redis://app:[redacted]@cache, ok"],
    ["'redis://app:it@cache','a@b'", "'redis://app:[redacted]@cache','a@b'"],
    ["postgres://u:a@b/c@db:5432/x", "postgres://u:[redacted]@db:5432/x"],
    ["https://u:p@ss/word@host/x", "https://u:[redacted]@host/x"],
    [
      "https://u:pw@h.se/x?mail=a@b.se",
      "https://u:[redacted]@h.se/x?mail=a@b.se",
    ],
    ["smtp://me@x.se:pw@mail:25", "smtp://me@x.se:[redacted]@mail:25"],
    ["redis://:1234/5@cache", "redis://:[redacted]@cache"],
    ["user:pw@tcp(db:3306)/essays", "user:[redacted]@tcp(db:3306)/essays"],
    ["u:p@w:x@unix(/tmp/s)/a", "u:[redacted]@unix(/tmp/s)/a"],
    [
      "mysql://user:pw@tcp(db:3306)/x",
      "mysql://user:[redacted]@tcp(db:3306)/x",
    ],
  ]);
});

Deno.test("Logger.info() redacts the values of long options", () => {
  assertShown([
    ["mysql --password hunter -v", "mysql --password [redacted] -v"],
    ["--password x", "--password [redacted]"],
    ["run --token=hunter --quiet", "run --token=[redacted] --quiet"],
    ["run --api-key 'a b' x", "run --api-key '[redacted]' x"],
    ["run --client-secret abc", "run --client-secret [redacted]"],
  ]);
});

Deno.test("Logger.info() redacts credentials of Bearer and Basic anywhere", () => {
  assertShown([
    ["sent Bearer abcdefgh to a", "sent Bearer [redacted] to a"],
    ["sent bearer abcdefgh to a", "sent bearer [redacted] to a"],
    ["Bearer abcdef", "Bearer [redacted]"],
    ["'Bearer abc.def-ghi'", "'Bearer [redacted]'"],
    ["sent Basic dXNlcjpwYXNz to a", "sent Basic [redacted] to a"],
    ["basic dXNlcjpwYXNzdw==", "basic [redacted]"],
  ]);
});

Deno.test("Logger.info() redacts signatures in queries", () => {
  assertShown([
    ["GET /b?sig=a%2Bb&se=1", "GET /b?sig=[redacted]&se=1"],
    ["GET /b?se=1&sig=abc", "GET /b?se=1&sig=[redacted]"],
    [
      "https://s3/x?X-Amz-Date=1&X-Amz-Signature=abc&a=1",
      "https://s3/x?X-Amz-Date=1&X-Amz-Signature=[redacted]&a=1",
    ],
    [
      "https://s3/x?X-Amz-Credential=AKID%2Fx&a=1",
      "https://s3/x?X-Amz-Credential=[redacted]&a=1",
    ],
  ]);
});

Deno.test("Logger.info() redacts a word after a secret name, with or without a digit", () => {
  assertShown([
    ["password: hunter", "password: [redacted]"],
    ["user: ada, password: hunter", "user: ada, password: [redacted]"],
    ["password: hunter user: ada", "password: [redacted] user: ada"],
    ["(secret: hunter)\nnext", "(secret: [redacted]\nnext"],
    ["password: hunter2 is wrong", "password: [redacted] is wrong"],
    ["otp=123456", "otp=[redacted]"],
    ["{'password' => 'x'}", "{'password' => '[redacted]'}"],
  ]);
});

Deno.test("Logger.info() redacts texts under names that describe a secret", () => {
  assertShown([
    ["tokenUsed=hunter&a=1", "tokenUsed=[redacted]&a=1"],
    ["tokens_used=12, auth_ms=3.5", "tokens_used=12, auth_ms=3.5"],
    [
      'password_changed_at="2026-11-26T04:00:00Z"',
      'password_changed_at="2026-11-26T04:00:00Z"',
    ],
    ["token_type=Bearer&a=1", "token_type=Bearer&a=1"],
  ]);
});

Deno.test("Logger.info() leaves what only speaks of secrets", () => {
  const texts = [
    "token expired",
    "password: must be at least 8 characters",
    "password: too short",
    "token: expired",
    "api_key: missing",
    "Invalid token: jwt malformed",
    "Unexpected token: }",
    "Unexpected token: function",
    "Unexpected token < in JSON",
    "secret=null, token: undefined",
    "if (token == null) return",
    "const f = (token) => token",
    "auth::login, std::token::next",
    "at login (file:///app/auth.ts:12:3)",
    "at login (node:internal/auth:12:3)",
    "at file:///home/u/.npm/@scope/token/x.js:1:2",
    "https://jsr.io/@std/log@0.224/mod.ts:1:2",
    "https://host:8080/a@b, http://[::1]:80/a@b",
    "ssh://git@github.com:org/repo@v1",
    "http://localhost:3000/@fs/x.ts",
    "redis://cache:6379, mail a@b.se",
    "a@b.se wrote: see https://h.se/x",
    "Basic authentication is off",
    "basic TypeScript course",
    "Bearer authentication failed",
    "a bearer of good news",
    "bearer token-based authentication",
    "Bearer header missing, bearer scheme expected",
    'Bearer realm="api", error_description="x"',
    "option --password is required",
    "use --token or --api-key",
    "run --verbose --name essays -p 8080",
    "the sig=1 of a thing",
    "max_tokens=800, ratio = 1:2",
    "session closed; author: Ada",
  ];
  assertShown(texts.map((text) => [text, text]));
});

Deno.test("scrub() looks at each name once, however many there may be", () => {
  const units = ["a=", "a:b", "password: ", "password=a ", "x; password=", '"'];
  for (const unit of units) {
    const text = "token " + unit.repeat(20_000);
    let names = 0;
    scrub(text, (name) => {
      names++;
      return nameKind(name);
    });
    if (names > text.length / 2) throw new Error(`${unit}: ${names} names`);
  }
});

Deno.test("Logger.info() redacts values in JSON and in data, whatever is in their strings", () => {
  const inner = JSON.stringify({ password: 'q"hunter' });
  const shownInner = JSON.stringify({ password: "[redacted]" });
  assertShown([
    ['{"password":{"v":"}","w":"hunter"}}', '{"password":[redacted]}'],
    ['{"tokens":["a]b","hunter"]}', '{"tokens":[redacted]}'],
    ["password=[a]hunter", "password=[redacted]"],
    [JSON.stringify({ inner }), JSON.stringify({ inner: shownInner })],
    [
      JSON.stringify({ a: JSON.stringify({ inner }) }),
      JSON.stringify({ a: JSON.stringify({ inner: shownInner }) }),
    ],
  ]);
});

Deno.test("Logger.info() redacts in columns, in XML, and keys by their form", () => {
  const key = "abcdefghij1234567890";
  assertShown([
    ["password:        hunter", "password:        [redacted]"],
    ["password     =     hunter", "password     =     [redacted]"],
    ["<password>hunter</password>", "<password>[redacted]</password>"],
    ["usage: login <user> <password>", "usage: login <user> <password>"],
    [`sk-${key}`, "[redacted]"],
    [`glpat-${key}`, "[redacted]"],
    [`npm_${key}`, "[redacted]"],
    [`sk_test_${key}`, "[redacted]"],
    [`AIza${key}${key}`, "[redacted]"],
    [
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${key}\n-----END RSA PRIVATE KEY-----, ok`,
      "[redacted], ok",
    ],
    ["auth=none", "auth=none"],
  ]);
});

Deno.test("Logger.info() redacts in texts what the rule of the caller names", () => {
  const { logger, last } = capture({
    isSecretKey: (name) => name === "personal_number",
  });
  for (
    const [text, expected] of [
      ["personal_number=S", "personal_number=[redacted]"],
      ['{"personal_number":"S"}', '{"personal_number":"[redacted]"}'],
      ["run --personal_number S", "run --personal_number [redacted]"],
      ["number=1", "number=1"],
    ]
  ) {
    logger.info("m", { text });
    assertEquals(last()["text"], expected);
  }
});
