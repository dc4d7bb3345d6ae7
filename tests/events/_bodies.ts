// Copyright 2026 the HuleEdu authors. MIT license.

/** A recorded input: text, bytes, or the absence of both. */
export interface RecordedBody {
  readonly utf8?: string;
  readonly base64?: string;
  readonly none?: boolean;
}

/** The bytes of a recorded body; `null` for the one that was not there. */
export function bytesOf(body: RecordedBody): Uint8Array {
  if (body.none) return null as unknown as Uint8Array;
  if (body.utf8 !== undefined) return new TextEncoder().encode(body.utf8);
  return Uint8Array.from(
    atob(body.base64 ?? ""),
    (character) => character.charCodeAt(0),
  );
}

/** The JSON text of an envelope whose fields are given as JSON texts. */
export function bodyWith(
  fields: Readonly<Record<string, string | undefined>>,
): string {
  const all: Record<string, string | undefined> = {
    event_id: '"11111111-1111-4111-8111-111111111111"',
    event_type: '"huleedu.essay.created.v1"',
    event_timestamp: '"2025-01-02T03:04:05.678901Z"',
    source_service: '"essays"',
    schema_version: "1",
    correlation_id: '"22222222-2222-4222-8222-222222222222"',
    data_schema_uri: "null",
    data: '{"a":1}',
    metadata: "null",
    ...fields,
  };
  const members = Object.entries(all)
    .filter(([, json]) => json !== undefined)
    .map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  return `{${members.join(",")}}`;
}

/** Arrays within arrays. */
export function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}
