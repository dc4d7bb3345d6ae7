// Copyright 2026 the HuleEdu authors. MIT license.

import { refuse, show } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any -- any constructor of errors fits.
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Asserts that `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that `fn` throws an error of a class, whose text includes a part. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  errorClassOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const expected = readExpectation(errorClassOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return checkError(error, expected);
  }
  refuse("Expected function to throw", expected.msg);
}

/** Asserts that `fn` rejects; resolves to the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/** Asserts that `fn` rejects with an error of a class. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const expected = readExpectation(errorClassOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    refuse(
      `Function throws when expected to reject: ${show(error)}`,
      expected.msg,
    );
  }
  if (typeof promise?.then !== "function") {
    refuse("Expected function to return a promise", expected.msg);
  }
  try {
    await promise;
  } catch (error) {
    return checkError(error, expected);
  }
  refuse("Expected function to reject", expected.msg);
}

interface Expectation {
  readonly errorClass?: ErrorClass<Error>;
  readonly includes?: string | undefined;
  readonly msg?: string | undefined;
}

function readExpectation(
  errorClassOrMsg: ErrorClass<Error> | string | undefined,
  includes: string | undefined,
  msg: string | undefined,
): Expectation {
  return typeof errorClassOrMsg === "function"
    ? { errorClass: errorClassOrMsg, includes, msg }
    : { msg: errorClassOrMsg };
}

function checkError(error: unknown, expected: Expectation): unknown {
  const { errorClass, includes, msg } = expected;
  if (errorClass === undefined) return error;
  if (!(error instanceof errorClass)) {
    refuse(
      `Expected error to be instance of "${errorClass.name}", but was ` +
        show(error),
      msg,
    );
  }
  if (includes !== undefined && !error.message.includes(includes)) {
    refuse(
      `Expected error message to include ${show(includes)}, but got ` +
        show(error.message),
      msg,
    );
  }
  return error;
}
