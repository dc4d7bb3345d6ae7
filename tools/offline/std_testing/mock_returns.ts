// Copyright 2026 the HuleEdu authors. MIT license.

import { MockError } from "./mock_error.ts";

/** A function that returns its argument at the index. */
export function returnsArg<Arg>(index: number): (...args: Arg[]) => Arg {
  return (...args) => args[index] as Arg;
}

/** A function that returns the values one by one; an error is thrown. */
export function returnsNext<Return, Args extends unknown[] = unknown[]>(
  values: Iterable<Return | Error>,
): (...args: Args) => Return {
  const rest = values[Symbol.iterator]();
  let calls = 0;
  return () => {
    const { value, done } = rest.next();
    if (done) throw noMore(calls);
    calls += 1;
    if (value instanceof Error) throw value;
    return value;
  };
}

/** A function that resolves to the values one by one; an error rejects. */
export function resolvesNext<Return, Args extends unknown[] = unknown[]>(
  values:
    | Iterable<Return | Error | Promise<Return | Error>>
    | AsyncIterable<Return | Error | Promise<Return | Error>>,
): (...args: Args) => Promise<Return> {
  const rest = Symbol.asyncIterator in values
    ? values[Symbol.asyncIterator]()
    : values[Symbol.iterator]();
  let calls = 0;
  return async () => {
    const { value, done } = await rest.next();
    if (done) throw noMore(calls);
    calls += 1;
    const settled = await value;
    if (settled instanceof Error) throw settled;
    return settled as Return;
  };
}

function noMore(calls: number): MockError {
  return new MockError(`Not expected to be called more than ${calls} time(s)`);
}
