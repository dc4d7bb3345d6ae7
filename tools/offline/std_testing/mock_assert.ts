// Copyright 2026 the HuleEdu authors. MIT license.

// deno-lint-ignore-file no-explicit-any -- a spy takes on any signature.

import { assertEquals, AssertionError } from "@std/assert";
import type { Spy, SpyCall } from "./mock_spy.ts";

/** What is expected of a call; what is left out is not checked. */
export interface ExpectedSpyCall<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> {
  /** The arguments. */
  args?: [...Args, ...unknown[]];
  /** What it was called on. */
  self?: Self;
  /** What it returned. */
  returned?: Return;
  /** What it threw. */
  error?: {
    /** The error's class. */
    Class?: new (...args: any[]) => any;
    /** A part of its message. */
    msgIncludes?: string;
  };
}

/** Asserts how often a spy was called. */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  expectedCalls: number,
): void {
  if (spy.calls.length === expectedCalls) return;
  throw new AssertionError(
    `Spy not called as much as expected: ${spy.calls.length} time(s), ` +
      `expected ${expectedCalls}`,
  );
}

/** Asserts how one call of a spy went. */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Return> = {},
): void {
  const call = callAt(spy, callIndex);
  checkCall(call, expected);
  if ("returned" in expected) {
    checkNoError(call);
    assertEquals(call.returned, expected.returned, "Spy returned otherwise");
  }
  if (expected.error) checkError(call.error, expected.error);
}

/** Asserts how one call of an async spy went, once it has settled. */
export async function assertSpyCallAsync<
  Self,
  Args extends unknown[],
  Return,
>(
  spy: Spy<Self, Args, Promise<Return>>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Promise<Return> | Return> = {},
): Promise<void> {
  const call = callAt(spy, callIndex);
  checkCall(call, expected);
  if ("returned" in expected) {
    checkNoError(call);
    assertEquals<unknown>(
      await call.returned,
      await expected.returned,
      "Spy resolved otherwise",
    );
  }
  if (expected.error) {
    const error = call.error ??
      await Promise.resolve(call.returned).then(() => undefined, (e) => e);
    checkError(error, expected.error);
  }
}

/** Asserts the arguments, or a range of them, of one call. */
export function assertSpyCallArgs<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  expected: unknown[],
): void {
  assertEquals<unknown[]>(callAt(spy, callIndex).args, expected);
}

/** Asserts one argument of one call; returns it. */
export function assertSpyCallArg<
  Self,
  Args extends unknown[],
  Return,
  ExpectedArg,
>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  argIndex: number,
  expected: ExpectedArg,
): ExpectedArg {
  const arg = callAt(spy, callIndex).args[argIndex];
  assertEquals<unknown>(arg, expected);
  return arg as ExpectedArg;
}

function callAt<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  index: number,
): SpyCall<Self, Args, Return> {
  const call = spy.calls[index];
  if (call) return call;
  throw new AssertionError(
    `Spy call ${index} does not exist: it was called ` +
      `${spy.calls.length} time(s)`,
  );
}

function checkCall(call: SpyCall, expected: ExpectedSpyCall): void {
  if (expected.args) {
    assertEquals(call.args, expected.args, "Spy called with other arguments");
  }
  if ("self" in expected) {
    assertEquals(call.self, expected.self, "Spy called on another object");
  }
}

function checkNoError(call: SpyCall): void {
  if (!call.error) return;
  throw new AssertionError(
    `Spy call did not return expected value, an error was thrown: ${call.error}`,
  );
}

function checkError(
  error: unknown,
  expected: NonNullable<ExpectedSpyCall["error"]>,
): void {
  const { Class = Error, msgIncludes = "" } = expected;
  if (!(error instanceof Class)) {
    throw new AssertionError(
      `Expected error to be instance of "${Class.name}", but was: ${error}`,
    );
  }
  const message: string = error.message;
  if (message.includes(msgIncludes)) return;
  throw new AssertionError(
    `Expected error message to include "${msgIncludes}", but got "${message}"`,
  );
}
