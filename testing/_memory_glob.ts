// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Whether a key matches a glob of Redis: `*`, `?`, `[a-c]`, `[^x]`, `\`. As in
 * Redis, `?` and `[…]` stand for one byte of UTF-8.
 */
export function matchesGlob(pattern: string, key: string): boolean {
  const source = toRegExp(utf8(pattern));
  return new RegExp(`^${source}$`, "s").test(utf8(key).join(""));
}

/** Each byte as a character of its own. */
function utf8(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  return Array.from(bytes, (byte) => String.fromCharCode(byte));
}

function toRegExp(pattern: readonly string[]): string {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    const close = char === "[" ? closingBracket(pattern, i) : -1;
    if (char === "*") source += ".*";
    else if (char === "?") source += ".";
    else if (close !== -1) {
      source += toClass(pattern.slice(i + 1, close));
      i = close;
    } else if (char === "\\" && i + 1 < pattern.length) {
      source += quote(pattern[++i] as string);
    } else source += quote(char);
  }
  return source;
}

function closingBracket(pattern: readonly string[], open: number): number {
  for (let i = open + 1; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "]") return i;
  }
  return -1;
}

function toClass(inside: readonly string[]): string {
  const negated = inside[0] === "^";
  let source = "";
  for (let i = negated ? 1 : 0; i < inside.length; i++) {
    const char = inside[i] as string;
    const to = inside[i + 2];
    if (char === "\\" && i + 1 < inside.length) {
      source += quoteInClass(inside[++i] as string);
    } else if (inside[i + 1] === "-" && to !== undefined) {
      const [low, high] = char < to ? [char, to] : [to, char];
      source += `${quoteInClass(low)}-${quoteInClass(high)}`;
      i += 2;
    } else source += quoteInClass(char);
  }
  return negated ? `[^${source}]` : `[${source}]`;
}

function quote(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function quoteInClass(char: string): string {
  return /[\^\\\]-]/.test(char) ? `\\${char}` : char;
}
