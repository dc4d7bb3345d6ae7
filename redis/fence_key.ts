// Copyright 2026 the HuleEdu authors. MIT license.

import { keySlot } from "./_key_slot.ts";

/**
 * The key that counts the claims of a key. It hashes to the same slot of a
 * cluster: by the key's own hash tag, by the key as a tag, or, where the key has
 * no tag and cannot be one for the "}" in it, by the least number that does.
 *
 * @param key The claimed key.
 * @returns `{key}:fence`, `key:fence` with a tag in it, or `{number}key:fence`.
 */
export function fenceKey(key: string): string {
  const slot = keySlot(key);
  const plain = `${key}:fence`;
  if (keySlot(plain) === slot && /\{[^}]/.test(key)) return plain;
  const tagged = `{${key}}:fence`;
  if (keySlot(tagged) === slot) return tagged;
  for (let tag = 0;; tag++) {
    if (keySlot(String(tag)) === slot) return `{${tag}}${plain}`;
  }
}
