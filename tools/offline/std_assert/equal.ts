// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Deep equality: by content and constructor, `NaN` equal to itself, `0` to
 * `-0`, a missing key different from an undefined one.
 */
export function equal(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(
  a: unknown,
  b: unknown,
  seen: Map<object, Set<object>>,
): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (!sameConstructor(a, b)) return false;
  // A pair met again inside itself is a cycle: equal unless a difference shows
  // elsewhere.
  const partners = seen.get(a) ?? new Set();
  if (partners.has(b)) return true;
  seen.set(a, partners.add(b));

  if (a instanceof Date && b instanceof Date) {
    return Object.is(a.getTime(), b.getTime());
  }
  if (a instanceof RegExp || a instanceof URL) return `${a}` === `${b}`;
  if (a instanceof WeakMap || a instanceof WeakSet) return false;
  if (a instanceof Error && b instanceof Error) {
    if (a.message !== b.message || a.name !== b.name) return false;
  }
  if (a instanceof Set && b instanceof Set) return sameSet(a, b, seen);
  if (a instanceof Map && b instanceof Map) return sameMap(a, b, seen);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return same(new Uint8Array(a), new Uint8Array(b), seen);
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) {
    return false;
  }
  return sameProperties(a, b, seen);
}

function sameProperties(
  a: object,
  b: object,
  seen: Map<object, Set<object>>,
): boolean {
  const keys = ownKeys(a);
  if (keys.length !== ownKeys(b).length) return false;
  return keys.every((key) =>
    Object.prototype.propertyIsEnumerable.call(b, key) &&
    same(Reflect.get(a, key), Reflect.get(b, key), seen)
  );
}

function sameSet(
  a: Set<unknown>,
  b: Set<unknown>,
  seen: Map<object, Set<object>>,
): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set(b);
  for (const item of a) {
    const partner = rest.has(item)
      ? { item }
      : findPartner(rest, (other) => same(item, other, seen));
    if (partner === undefined) return false;
    rest.delete(partner.item);
  }
  return true;
}

function sameMap(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  seen: Map<object, Set<object>>,
): boolean {
  if (a.size !== b.size) return false;
  const rest = new Map(b);
  for (const [key, value] of a) {
    const partner = findPartner(
      rest.keys(),
      (other) => same(key, other, seen) && same(value, rest.get(other), seen),
    );
    if (partner === undefined) return false;
    rest.delete(partner.item);
  }
  return true;
}

function findPartner(
  items: Iterable<unknown>,
  matches: (item: unknown) => boolean,
): { item: unknown } | undefined {
  for (const item of items) {
    if (matches(item)) return { item };
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function ownKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}

function sameConstructor(a: object, b: object): boolean {
  return constructorOf(a) === constructorOf(b);
}

/** An object without a prototype counts as a plain one. */
function constructorOf(value: object): unknown {
  return Object.getPrototypeOf(value)?.constructor ?? Object;
}
