// Copyright 2026 the HuleEdu authors. MIT license.

/** A number of a JSON text, as it was spelled: `1`, `1.0` and `1e0` differ. */
export class JsonNumber {
  /** The spelling; `NaN`, `Infinity` and `-Infinity` are ones too. */
  readonly lexeme: string;

  /** Keeps the spelling. */
  constructor(lexeme: string) {
    this.lexeme = lexeme;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.lexeme);
  }

  /** What Python's `json.dumps` writes after `json.loads` has read it. */
  toPython(): string {
    if (this.lexeme === "-0") return "0";
    return /^-?\d+$/.test(this.lexeme)
      ? this.lexeme
      : pythonFloat(this.toNumber());
  }
}

/**
 * Python's `repr` of a double: the shortest digits that read back, as in
 * JavaScript, but `1.0` for 1, and an exponent below 1e-4 and from 1e16 on, of
 * two digits at least. Not a number and infinity are spelled as JSON does.
 */
export function pythonFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) {
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
  const [digits, exponent = ""] = value.toExponential().split("e");
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/**
 * A JavaScript number as Python would have written it: an integer where
 * JavaScript shows one, else a float. Minus zero can only have been a float.
 */
export function pythonNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 &&
      !Object.is(value, -0)
    ? String(value)
    : pythonFloat(value);
}
