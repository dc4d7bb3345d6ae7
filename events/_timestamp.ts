// Copyright 2026 the HuleEdu authors. MIT license.

/** UTC, on a day that every month has: most of what there is, and no more. */
const COMMON =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$/;
const CANONICAL =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(?:Z|[+-](\d\d):(\d\d))$/;
const ACCEPTED =
  /^(\d{4}-\d\d-\d\d)(?:[Tt _](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+\-\u2212]\d\d:?\d\d)?)?$/;
const ZERO_OFFSET = /[+-]00:00$/;
const UNIX = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const UNIX_SECONDS_LIMIT = 20_000_000_000;

/**
 * Reads a point in time in any form that the Python services accept. ISO 8601
 * text stays as it is, so that microseconds survive; only what `Date` or Python
 * could not read back alike is put in order: a space for the `T`, no seconds,
 * `+0100`, `+00:00`, more than six digits of a second. A number, or the text of
 * one, is Unix seconds up to 2e10 and milliseconds beyond.
 *
 * Source: recorded behaviour of pydantic, whose reader this follows.
 *
 * @returns ISO 8601 text, or `undefined` when it is no point in time. Text
 * without an offset stays without one.
 */
export function normalizeTimestamp(value: unknown): string | undefined {
  if (typeof value === "number") return fromUnix(value);
  if (typeof value !== "string") return undefined;
  if (COMMON.test(value)) return value;
  const fields = CANONICAL.exec(value);
  if (fields === null) return fromLooseText(value);
  if (!inRange(fields)) return undefined;
  return ZERO_OFFSET.test(value) ? `${value.slice(0, -6)}Z` : value;
}

/** Whether the fields of a canonical text name a day and a time there is. */
function inRange(fields: RegExpExecArray): boolean {
  const year = Number(fields[1]);
  const month = Number(fields[2]);
  const day = Number(fields[3]);
  return year >= 1 && month >= 1 && month <= 12 &&
    day >= 1 && (day <= 28 || day <= daysInMonth(year, month)) &&
    Number(fields[4]) <= 23 && Number(fields[5]) <= 59 &&
    Number(fields[6]) <= 59 &&
    (fields[7] === undefined ||
      (Number(fields[7]) <= 23 && Number(fields[8]) <= 59));
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function fromLooseText(value: string): string | undefined {
  if (UNIX.test(value)) return fromUnix(Number(value));
  const fields = ACCEPTED.exec(value);
  if (fields === null) return undefined;
  const [, date, time = "00:00", seconds = "00", fraction = "", zone = ""] =
    fields;
  const micros = fraction.slice(0, 6).padEnd(6, "0");
  const local = `${date}T${time}:${seconds}${
    micros === "000000" ? "" : `.${micros}`
  }`;
  const offset = isoOffset(zone);
  const canonical = CANONICAL.exec(`${local}${offset || "Z"}`);
  if (canonical === null || !inRange(canonical)) return undefined;
  return `${local}${ZERO_OFFSET.test(offset) ? "Z" : offset}`;
}

function isoOffset(zone: string): string {
  if (zone === "") return "";
  if (zone === "Z" || zone === "z") return "Z";
  const sign = zone.startsWith("+") ? "+" : "-";
  return `${sign}${zone.slice(1, 3)}:${zone.slice(-2)}`;
}

function fromUnix(value: number): string | undefined {
  const perSecond = Math.abs(value) > UNIX_SECONDS_LIMIT ? 1_000 : 1;
  let seconds = Math.floor(value / perSecond);
  // The rest is taken before scaling: seconds times 1e6 outgrow a double.
  const rest = value - seconds * perSecond;
  let micros = Math.round(rest * (1_000_000 / perSecond));
  if (micros === 1_000_000) {
    seconds++;
    micros = 0;
  }
  const date = new Date(seconds * 1_000);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) return undefined;
  const text = date.toISOString().slice(0, 19);
  return micros === 0
    ? `${text}Z`
    : `${text}.${String(micros).padStart(6, "0")}Z`;
}
