// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventContext } from "./context.ts";
import { parseTraceparent, traceFields } from "./trace_context.ts";
import { uuidV5 } from "./_uuid.ts";

/** Namespace of the ids that stand for texts that are no UUID, RFC 9562. */
const OID_NAMESPACE = "6ba7b812-9dad-11d1-80b4-00c04fd430c8";

/** How long an id may be to be kept beside the UUID that stands for it. */
const MAX_ORIGINAL = 256;

/** What Python's `int(text, 16)` reads, once hyphens are taken away. */
const PYTHON_HEX = /^\s*\+?(?:0x_?)?([\da-f]+(?:_[\da-f]+)*)\s*$/i;

/**
 * The headers of a request: a `Headers` object, or an object as of `node:http`
 * with names in lower case.
 */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Options of {@linkcode contextFromHeaders}. */
export interface ContextFromHeadersOptions {
  /**
   * The correlation id where no header has one, such as that of the query
   * parameter `correlation_id`.
   */
  readonly correlationId?: string | null | undefined;
}

/**
 * Makes the context of a request from its headers, for `withContext`.
 *
 * `correlationId` comes from `X-Correlation-ID`, else from the options, else it
 * is new. It always is a UUID, in lower case, since events carry no other. A
 * text that is none becomes the same UUID in every service, as in the Python
 * services: version 5 of the text in the OID namespace of RFC 9562. The text
 * itself, if it differs and is not longer than 256 characters, is the field
 * `originalCorrelationId`.
 *
 * `traceId` and `spanId` come from `traceparent`, if that is valid by the W3C's
 * Trace Context: no trace or parent of zeros, not version `ff`, and nothing
 * after the flags in version `00`. What is not valid is left out. What the header
 * says of sampling, and `tracestate`, go along unseen, for what is published.
 *
 * @param headers The headers of the request.
 * @param options Where else a correlation id may come from.
 * @returns The fields of the context.
 *
 * @example A request and what it logs
 * ```ts
 * import { contextFromHeaders, currentContext, withContext } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * const headers = new Headers({
 *   "X-Correlation-ID": "upload-7",
 *   traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
 * });
 *
 * withContext(contextFromHeaders(headers), () => {
 *   assertEquals(currentContext(), {
 *     correlationId: "81f68e2a-5eb9-5703-a199-e24eb2c2a0b0",
 *     originalCorrelationId: "upload-7",
 *     traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
 *     spanId: "00f067aa0ba902b7",
 *   });
 * });
 * ```
 */
export function contextFromHeaders(
  headers: RequestHeaders,
  options: ContextFromHeadersOptions = {},
): EventContext {
  return {
    ...correlationOf(
      readHeader(headers, "x-correlation-id") || options.correlationId,
    ),
    ...traceFrom(
      readHeader(headers, "traceparent"),
      readHeader(headers, "tracestate"),
    ),
  };
}

function readHeader(headers: RequestHeaders, name: string): string | undefined {
  const value = isHeaders(headers) ? headers.get(name) : headers[name];
  // Of a list there is no telling which one is meant.
  const text = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof text === "string" ? text : undefined;
}

function isHeaders(
  headers: RequestHeaders,
): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}

function correlationOf(original: string | null | undefined): EventContext {
  if (!original) return { correlationId: crypto.randomUUID() };
  const correlationId = pythonUuid(original) ?? uuidV5(OID_NAMESPACE, original);
  return original === correlationId || original.length > MAX_ORIGINAL
    ? { correlationId }
    : { correlationId, originalCorrelationId: original };
}

/** Reads what Python's `uuid.UUID(text)` reads, which is more than UUIDs. */
function pythonUuid(text: string): string | undefined {
  const bare = text
    .replaceAll("urn:", "").replaceAll("uuid:", "")
    .replace(/^[{}]+|[{}]+$/g, "").replaceAll("-", "");
  if (bare.length !== 32) return undefined;
  const digits = PYTHON_HEX.exec(bare)?.[1]?.replaceAll("_", "");
  return digits?.toLowerCase().padStart(32, "0")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function traceFrom(
  traceparent: string | undefined,
  tracestate: string | undefined,
): EventContext {
  const trace = traceparent && parseTraceparent(traceparent, tracestate);
  return trace ? traceFields(trace) : {};
}
