// Copyright 2026 the HuleEdu authors. MIT license.

/** What no error should be, and may be thrown nevertheless. */
export const ODD_ERRORS: readonly unknown[] = [
  Object.assign(new Error(), { message: Object.create(null) }),
  Object.assign(new Error(), { message: undefined, name: Symbol("n") }),
  Object.assign(new Error(), { stack: 7, code: {} }),
  Object.defineProperty(new Error(), "message", {
    get(): string {
      throw new Error("no message");
    },
  }),
  revoked(),
  undefined,
  Symbol("s"),
];

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
