// Copyright 2026 the HuleEdu authors. MIT license.

// deno-lint-ignore-file no-explicit-any -- a stub takes on any signature.

import {
  type MethodArgs,
  type MethodReturn,
  type MethodSpy,
  replaceMethod,
} from "./mock_spy.ts";

/** A spy that acts in the place of a method. */
export interface Stub<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> extends MethodSpy<Self, Args, Return> {
  /** What is called instead. */
  fake: (this: Self, ...args: Args) => Return;
}

/** Replaces a method by one that does nothing. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): Stub<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>>;
/** Replaces a method by a function. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: (
    this: Self,
    ...args: MethodArgs<Self, Prop>
  ) => MethodReturn<Self, Prop>,
): Stub<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>>;
export function stub(
  self: any,
  property: PropertyKey,
  func?: (...args: any[]) => any,
): Stub {
  return replaceMethod(self, property, func ?? (() => undefined));
}
