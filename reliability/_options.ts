// Copyright 2026 the HuleEdu authors. MIT license.

/** Throws unless `value` is an integer of at least `min`. */
export function requireInteger(
  action: string,
  option: string,
  value: unknown,
  min: number,
): void {
  requireNumber(action, option, value);
  if (Number.isSafeInteger(value) && value as number >= min) return;
  throw new RangeError(
    `Cannot ${action}: "${option}" must be an integer of at least ${min}, ` +
      `received ${value}`,
  );
}

/** Throws unless `value` is a finite number of milliseconds of at least `min`. */
export function requireDuration(
  action: string,
  option: string,
  value: unknown,
  min: number,
): void {
  requireNumber(action, option, value);
  if (Number.isFinite(value) && value as number >= min) return;
  throw new RangeError(
    `Cannot ${action}: "${option}" must be a number of at least ${min} ` +
      `milliseconds, received ${value}`,
  );
}

/** Throws unless `value` is a text that is not empty. */
export function requireText(
  action: string,
  option: string,
  value: unknown,
): void {
  if (typeof value === "string" && value !== "") return;
  const received = value === "" ? "an empty one" : kindOf(value);
  throw new TypeError(
    `Cannot ${action}: "${option}" must be a text, received ${received}`,
  );
}

/** Throws unless `value` is one of `choices`. */
export function requireChoice(
  action: string,
  option: string,
  value: unknown,
  choices: readonly string[],
): void {
  if (choices.includes(value as string)) return;
  const received = typeof value === "string" ? `"${value}"` : kindOf(value);
  throw new TypeError(
    `Cannot ${action}: "${option}" must be one of "${choices.join('", "')}", ` +
      `received ${received}`,
  );
}

/** What kind of value it is, for messages. */
export function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}

function requireNumber(action: string, option: string, value: unknown): void {
  if (typeof value === "number") return;
  throw new TypeError(
    `Cannot ${action}: "${option}" must be a number, received ${kindOf(value)}`,
  );
}
