// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Stand-in for `jsr:@std/testing/mock` on machines that cannot reach JSR. It
 * has the documented functions that this repository uses. Never published.
 *
 * @module
 */

export { MockError } from "./mock_error.ts";
export {
  assertSpyCall,
  assertSpyCallArg,
  assertSpyCallArgs,
  assertSpyCallAsync,
  assertSpyCalls,
  type ExpectedSpyCall,
} from "./mock_assert.ts";
export { resolvesNext, returnsArg, returnsNext } from "./mock_returns.ts";
export { type MethodSpy, type Spy, spy, type SpyCall } from "./mock_spy.ts";
export { type Stub, stub } from "./mock_stub.ts";
