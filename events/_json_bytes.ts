// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import { kindOf } from "./_kind.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = "\ufeff";
const MAX_CODE_POINT = 0x10ffff;

/**
 * The text of a body as Python's `json.loads` sees it: UTF-8, or UTF-16 or
 * UTF-32 in either byte order where a byte order mark or the zero bytes of the
 * first characters say so; without the mark; with encoded surrogates let
 * through. Two surrogates encoded one by one become the character that they
 * stand for, which Python keeps apart; no encoder of the services writes them.
 *
 * Source: `json.detect_encoding` of CPython, and its `surrogatepass` handler.
 *
 * @throws {EnvelopeError} If the bytes are no text in that encoding.
 */
export function jsonText(raw: string | Uint8Array): string {
  if (typeof raw === "string") return withoutMark(raw);
  if (!(raw instanceof Uint8Array)) {
    throw new EnvelopeError(
      "",
      `must be text or bytes, received ${kindOf(raw)}`,
    );
  }
  const { width, littleEndian } = detectEncoding(raw);
  if (width === 1) return withoutMark(decodeUtf8(raw));
  return withoutMark(decodeWide(raw, width, littleEndian));
}

/**
 * The text of bytes that have to be UTF-8.
 *
 * @throws {EnvelopeError} If they are not.
 */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new EnvelopeError("", "is not UTF-8", { cause });
  }
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

interface Encoding {
  readonly width: 1 | 2 | 4;
  readonly littleEndian: boolean;
}

function detectEncoding(bytes: Uint8Array): Encoding {
  const [a = 1, b = 1, c = 1, d = 1] = bytes;
  const long = bytes.length >= 4;
  if (long && a === 0 && b === 0 && c === 0xfe && d === 0xff) return wide(4);
  if (long && a === 0xff && b === 0xfe && c === 0 && d === 0) {
    return wide(4, true);
  }
  if (a === 0xfe && b === 0xff) return wide(2);
  if (a === 0xff && b === 0xfe) return wide(2, true);
  if (long && a === 0) return wide(b === 0 ? 4 : 2);
  if (long && b === 0) return wide(c === 0 && d === 0 ? 4 : 2, true);
  if (bytes.length === 2 && a === 0) return wide(2);
  if (bytes.length === 2 && b === 0) return wide(2, true);
  return { width: 1, littleEndian: false };
}

function wide(width: 2 | 4, littleEndian = false): Encoding {
  return { width, littleEndian };
}

function decodeWide(
  bytes: Uint8Array,
  width: 2 | 4,
  littleEndian: boolean,
): string {
  const name = `UTF-${width * 8}${littleEndian ? "LE" : "BE"}`;
  if (bytes.length % width !== 0) {
    throw new EnvelopeError("", `is not ${name}: it is cut short`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    const unit = width === 2
      ? view.getUint16(at, littleEndian)
      : view.getUint32(at, littleEndian);
    if (unit > MAX_CODE_POINT) {
      throw new EnvelopeError("", `is not ${name}: no character at byte ${at}`);
    }
    parts.push(String.fromCodePoint(unit));
  }
  return parts.join("");
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return decodeUtf8WithSurrogates(bytes);
  }
}

/** UTF-8 in which surrogates may stand as three bytes each, as in CESU-8. */
function decodeUtf8WithSurrogates(bytes: Uint8Array): string {
  let text = "";
  let from = 0;
  for (let at = 0; at + 2 < bytes.length; at++) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    // 0xed begins a character of its own wherever it stands in UTF-8.
    if (bytes[at] !== 0xed || second >> 5 !== 0b101 || third >> 6 !== 0b10) {
      continue;
    }
    text += utf8Text(bytes.subarray(from, at));
    text += String.fromCharCode(
      0xd000 | ((second & 0x3f) << 6) | (third & 0x3f),
    );
    from = at + 3;
    at += 2;
  }
  return text + utf8Text(bytes.subarray(from));
}
