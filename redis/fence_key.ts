// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * The key that counts the claims of a key. It hashes to the same slot of a
 * cluster, by the key's own hash tag where it has one.
 *
 * @param key The claimed key.
 * @returns `{key}:fence`.
 */
export function fenceKey(key: string): string {
  return /\{[^}]+\}/.test(key) ? `${key}:fence` : `{${key}}:fence`;
}
