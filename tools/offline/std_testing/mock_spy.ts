// Copyright 2026 the HuleEdu authors. MIT license.

// deno-lint-ignore-file no-explicit-any -- a spy takes on any signature.

import { MockError } from "./mock_error.ts";

/** One call of a spy, as it went. */
export interface SpyCall<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> {
  /** The arguments. */
  args: Args;
  /** What it returned. */
  returned?: Return;
  /** What it threw. */
  error?: Error;
  /** What it was called on. */
  self?: Self;
}

/** A function that records its calls. */
export interface Spy<Self = any, Args extends unknown[] = any[], Return = any> {
  (this: Self, ...args: Args): Return;
  /** The function behind the spy. */
  original: (this: Self, ...args: Args) => Return;
  /** The calls so far. */
  calls: SpyCall<Self, Args, Return>[];
  /** Whether the original is back in place. */
  restored: boolean;
  /** Puts the original back, where a method was replaced. */
  restore(): void;
}

/** A spy in the place of a method. */
export interface MethodSpy<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> extends Spy<Self, Args, Return>, Disposable {}

/** The arguments of a method. */
export type MethodArgs<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: infer Args) => unknown ? Args : unknown[];
/** What a method returns. */
export type MethodReturn<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: any[]) => infer Return ? Return : unknown;

/** A spy that does nothing. */
export function spy<Self = any, Args extends unknown[] = any[]>(): Spy<
  Self,
  Args,
  undefined
>;
/** A spy around a function. */
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
/** A spy in the place of a method, which it calls. */
export function spy<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): MethodSpy<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>>;
export function spy(
  target?: any,
  property?: PropertyKey,
): Spy<any, any[], any> {
  if (property !== undefined) return replaceMethod(target, property);
  return record(target ?? (() => undefined), () => {
    throw new MockError("Cannot restore: function cannot be restored");
  });
}

/** Puts a spy in the place of a method; it calls `func`, or the original. */
export function replaceMethod(
  self: any,
  property: PropertyKey,
  func?: (...args: any[]) => any,
): MethodSpy & { fake: (...args: any[]) => any } {
  const original = self[property];
  if (typeof original !== "function") {
    throw new MockError("Cannot spy: property is not an instance method");
  }
  if ("calls" in original && "restore" in original) {
    throw new MockError("Cannot spy: already spying on instance method");
  }
  const own = Object.getOwnPropertyDescriptor(self, property);
  const recorder = record(func ?? original, () => {
    if (own) Object.defineProperty(self, property, own);
    else delete self[property];
  });
  Object.defineProperty(self, property, {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    writable: true,
    value: recorder,
  });
  return Object.assign(recorder, {
    original,
    fake: func ?? original,
    [Symbol.dispose]: () => recorder.restore(),
  });
}

function record(func: (...args: any[]) => any, putBack: () => void): Spy {
  const calls: SpyCall[] = [];
  function recorder(this: unknown, ...args: unknown[]): unknown {
    const call: SpyCall = { args };
    if (this !== undefined) call.self = this;
    try {
      call.returned = func.apply(this, args);
    } catch (error) {
      call.error = error as Error;
      throw error;
    } finally {
      calls.push(call);
    }
    return call.returned;
  }
  const properties = {
    original: func,
    calls,
    restored: false,
    restore(): void {
      if (spied.restored) {
        throw new MockError("Cannot restore: already restored");
      }
      putBack();
      spied.restored = true;
    },
  };
  const spied: Spy = Object.assign(recorder, properties);
  return spied;
}
