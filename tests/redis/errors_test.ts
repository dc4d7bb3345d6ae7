// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  NotStartedError,
  OutcomeUnknownError,
  RedisCommandError,
  RedisConnectionError,
  RedisError,
  SubscriptionOverflowError,
  TransactionConflictError,
  TransactionStateError,
} from "../../redis/mod.ts";

Deno.test("every error is a RedisError with its own name", () => {
  const server = { host: "h", port: 1 };
  const errors = {
    NotStartedError: new NotStartedError("x"),
    OutcomeUnknownError: new OutcomeUnknownError("INCR", "y"),
    RedisCommandError: new RedisCommandError("GET", "ERR z"),
    RedisConnectionError: new RedisConnectionError("x", server),
    SubscriptionOverflowError: new SubscriptionOverflowError(["c"], 1),
    TransactionConflictError: new TransactionConflictError(3),
    TransactionStateError: new TransactionStateError("x"),
  };
  for (const [name, error] of Object.entries(errors)) {
    assertInstanceOf(error, RedisError);
    assertEquals(error.name, name);
  }
});

Deno.test("RedisCommandError tells the code, and none of the arguments", () => {
  const unknown = new RedisCommandError(
    "HEXPIRE",
    "ERR unknown command 'HEXPIRE', with args beginning with: 's3cret' '1' ",
  );
  assertEquals(unknown.code, "ERR");
  assertEquals(
    unknown.message,
    "Redis refused HEXPIRE: ERR unknown command 'HEXPIRE'",
  );
  const codes = ["WRONGTYPE Operation", "NOAUTH", "MISCONF x", "odd answer"]
    .map((answer) => new RedisCommandError("GET", answer).code);
  assertEquals(codes, ["WRONGTYPE", "NOAUTH", "MISCONF", "ERR"]);
});

Deno.test("errors keep their cause", () => {
  const cause = new Error("why");
  const error = new OutcomeUnknownError("INCR", "y", { cause });
  assertEquals(error.cause, cause);
  assertEquals(
    error.message,
    "INCR may or may not have been applied: y",
  );
});
