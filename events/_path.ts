// Copyright 2026 the HuleEdu authors. MIT license.

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const LONGEST_KEY = 64;

/**
 * Writes a path as a reader would in code: `data.items[0]["a key"]`. Keys come
 * from outside, so that long ones are cut.
 *
 * @param root What the path starts from; may be empty.
 * @param segments Keys and indices from there.
 */
export function formatPath(
  root: string,
  segments: readonly PropertyKey[],
): string {
  let path = root;
  for (const segment of segments) {
    if (typeof segment === "number") path += `[${segment}]`;
    else path += keySegment(String(segment), path === "");
  }
  return path;
}

function keySegment(key: string, first: boolean): string {
  const short = key.length > LONGEST_KEY
    ? `${key.slice(0, LONGEST_KEY)}…`
    : key;
  if (!IDENTIFIER.test(key)) return `[${JSON.stringify(short)}]`;
  return first ? short : `.${short}`;
}
