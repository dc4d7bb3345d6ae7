// Copyright 2026 the HuleEdu authors. MIT license.

import { Buffer } from "node:buffer";

/** Up to this length it is quicker to look at each unit than to ask. */
const SHORT = 64;

/** A command in RESP2, as a list of texts. */
export function encodeCommand(name: string, args: readonly string[]): string {
  let text = `*${args.length + 1}\r\n$${name.length}\r\n${name}\r\n`;
  for (const arg of args) text += `$${byteLength(arg)}\r\n${arg}\r\n`;
  return text;
}

function byteLength(text: string): number {
  const { length } = text;
  if (length > SHORT) return Buffer.byteLength(text);
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) > 127) return Buffer.byteLength(text);
  }
  return length;
}
