// Copyright 2026 the HuleEdu authors. MIT license.

// Replies in their RESP2 shape, which the server keeps to: a cast is enough
// where no conversion is due.

/** An integer reply that means yes or no. */
export function asBoolean(reply: unknown): boolean {
  return reply === 1;
}

/** A flat list of fields and values as an object without a prototype. */
export function asHash(reply: unknown): Record<string, string> {
  const flat = reply as string[];
  const hash: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < flat.length; i += 2) {
    hash[flat[i] as string] = flat[i + 1] as string;
  }
  return hash;
}

/** A flat list of members and scores as pairs. */
export function asScores(
  reply: unknown,
): Array<[member: string, score: number]> {
  const flat = reply as string[];
  const pairs: Array<[string, number]> = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    pairs.push([flat[i] as string, asScore(flat[i + 1] as string)]);
  }
  return pairs;
}

function asScore(reply: string): number {
  if (reply === "inf") return Infinity;
  return reply === "-inf" ? -Infinity : Number(reply);
}
