// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * The id of the event that follows from another one: the same each time. When
 * an analyser dies after it has published and before that is on record, the
 * next one publishes again, and this id is how the gateway knows the copy.
 *
 * @param eventId The id of the event that is handled, a UUID.
 * @param eventType The type of the event that follows.
 * @returns A UUID of version 5 (RFC 9562, section 5.5), in the namespace of the
 * event that is handled.
 */
export async function derivedEventId(
  eventId: string,
  eventType: string,
): Promise<string> {
  const namespace = Uint8Array.from(
    eventId.replaceAll("-", "").match(/../g) ?? [],
    (hex) => parseInt(hex, 16),
  );
  const name = new TextEncoder().encode(eventType);
  const input = new Uint8Array([...namespace, ...name]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", input));
  hash[6] = hash[6]! & 0x0f | 0x50;
  hash[8] = hash[8]! & 0x3f | 0x80;
  const hex = Array.from(
    hash.subarray(0, 16),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
