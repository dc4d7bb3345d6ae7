// Copyright 2026 the HuleEdu authors. MIT license.

/** The largest time a `Date` can hold, ECMA-262 section 21.4.1.1. */
const MAX_TIME = 8.64e15;

let second = NaN;
let prefix = "";

/**
 * Writes a time as ISO 8601 in UTC with milliseconds. The text up to the
 * seconds is kept for the next call, since formatting a date costs more than
 * the rest of a line.
 *
 * @param time Milliseconds since the Unix epoch; now if it is no time at all.
 * @returns For example `2026-11-23T04:54:36.042Z`.
 */
export function isoTimestamp(time: number): string {
  if (!(Math.abs(time) <= MAX_TIME)) return new Date().toISOString();
  const whole = Math.floor(time);
  const millisecond = ((whole % 1000) + 1000) % 1000;
  const start = whole - millisecond;
  if (start !== second) {
    prefix = new Date(start).toISOString().slice(0, -4);
    second = start;
  }
  const digits = millisecond < 10
    ? "00" + millisecond
    : millisecond < 100
    ? "0" + millisecond
    : millisecond;
  return `${prefix}${digits}Z`;
}
